// npm test: every check of the project, one stage after the other, and one closing line.
//   --only types,unit   only these stages
import { bootstrap } from './lib/bootstrap.mjs';
import { formatCounts, one, sum } from './lib/counts.mjs';
import { STAGES } from './lib/stages.mjs';
import { describeFailure, formatSeconds, runScript } from './lib/steps.mjs';

await runScript(async () => {
  const chosen = chosenStages(process.argv.slice(2));
  const total = await runAll(chosen);
  process.exitCode = total.failed > 0 ? 1 : 0;
  console.log(`\n${formatCounts(total)}`);
});

function chosenStages(args) {
  if (args.length === 0) return STAGES;
  const names = STAGES.map((stage) => stage.name);
  const wanted = args[0] === '--only' && args.length === 2 ? args[1].split(',') : [];
  if (wanted.length > 0 && wanted.every((name) => names.includes(name))) {
    return STAGES.filter((stage) => wanted.includes(stage.name));
  }
  console.error(`Usage: npm test -- --only ${names.join(',')}`);
  process.exit(2);
}

/** Goes on after a stage that fails; one that cannot even run counts as one failure. */
async function runAll(stages) {
  let total = await countFailure(async () => {
    await bootstrap();
    return { passed: 0, failed: 0, skipped: 0 };
  });
  if (total.failed > 0) return total;
  for (const { name, title, run } of stages) {
    console.log(`\n${name}: ${title}`);
    const started = performance.now();
    const counts = await countFailure(run);
    console.log(`${name}: ${formatCounts(counts)} (${formatSeconds(performance.now() - started)})`);
    total = sum(total, counts);
  }
  return total;
}

async function countFailure(run) {
  try {
    return await run();
  } catch (error) {
    console.error(describeFailure(error));
    return one(false);
  }
}
