import { CommanderError, type Command } from 'commander';
import { errorReport, UserError } from '../protocol/userError';
import { exitCodeOf } from './exitCode';
import { toJson } from './json';
import { createProgram } from './program';
import { writeAll } from './session';

/**
 * Executes one command line and returns the exit code: 0 done, 1 failed, 2 bad usage or input, 130
 * cancelled. Answers go to standard output, everything else to standard error.
 */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = createProgram(async (session, action) => {
    try {
      await action(session);
      await session.print();
      exitCode = session.exitCode;
    } finally {
      session.progress.clear();
    }
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    return await reportFailure(
      error instanceof CommanderError ? usageError(error, program, args) : error,
      args,
    );
  }
}

async function reportFailure(error: unknown, args: readonly string[]): Promise<number> {
  const report = errorReport(error);
  if (!(error instanceof UserError)) console.error(error);
  if (wantsJson(args)) await writeAll(process.stdout, `${toJson({ error: report })}\n`);
  else await writeAll(process.stderr, `${report.message}\n${report.remedy}\n`);
  return exitCodeOf(error);
}

/** Known before the flags are parsed: also what cannot be parsed is answered in JSON. */
function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).includes('--json');
}

function usageError(error: CommanderError, program: Command, args: readonly string[]): UserError {
  if (error.code === 'commander.help') {
    const names = program.commands.map((command) => command.name()).join(', ');
    return new UserError('bad-usage', 'A command is missing.', `Choose one: ${names}.`);
  }
  const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  const command = program.commands.find((known) => args.includes(known.name()));
  const help = `See \`${['weightroom', command?.name(), '--help'].filter(Boolean).join(' ')}\`.`;
  if (error.code !== 'commander.unknownOption') return new UserError('bad-usage', sentence(message), help);
  const allowed = [...(command?.options ?? []), ...program.options].map((option) => option.long).join(', ');
  return new UserError('bad-usage', sentence(message), `Allowed are ${allowed}. ${help}`);
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!)]$/.test(capital) ? capital : `${capital}.`;
}
