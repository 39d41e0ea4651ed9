import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_METHOD,
  DEFAULT_PRESET,
  OUTPUT_FORMS,
  PRESETS,
  QUANTIZATION_METHODS,
} from '../../src/protocol/jobSpec';
import { FORM_WORDS, METHOD_WORDS, PRESET_WORDS, type ChoiceWords } from '../../src/protocol/quantizeWords';

const root = path.resolve(import.meta.dirname, '../..');

interface MenuEntry {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}

interface Setting {
  readonly type: string;
  readonly scope?: string;
  readonly order?: number;
  readonly markdownDescription?: string;
  readonly enum?: readonly string[];
  readonly markdownEnumDescriptions?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
}

interface Manifest {
  readonly icon: string;
  readonly activationEvents: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
  readonly contributes: {
    readonly commands: readonly {
      readonly command: string;
      readonly title: string;
      readonly category?: string;
      readonly enablement?: string;
      readonly icon?: string;
    }[];
    readonly menus: Readonly<Record<string, readonly MenuEntry[]>>;
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly icon: string }[]>>;
    readonly viewsContainers: { readonly activitybar: readonly { readonly icon: string }[] };
    readonly configuration: readonly {
      readonly properties: Readonly<Record<string, Setting>>;
    }[];
    readonly walkthroughs: readonly {
      readonly steps: readonly {
        readonly description: string;
        readonly media: { readonly svg?: string; readonly markdown?: string };
        readonly completionEvents: readonly string[];
      }[];
    }[];
  };
}

const manifestText = readFileSync(path.join(root, 'package.json'), 'utf8');
const manifest = JSON.parse(manifestText) as Manifest;
const strings = JSON.parse(readFileSync(path.join(root, 'package.nls.json'), 'utf8')) as Record<
  string,
  string
>;
const { contributes } = manifest;
const properties = Object.assign({}, ...contributes.configuration.map((group) => group.properties)) as Record<
  string,
  Setting
>;
const OFFERED = { method: QUANTIZATION_METHODS, preset: PRESETS, form: OUTPUT_FORMS };
const commands = contributes.commands.map(({ command }) => command).sort();

/** The sources of the room that may register and call commands. */
const sources = [
  path.join(root, 'src/extension.ts'),
  ...readdirSync(path.join(root, 'src/host'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join(root, 'src/host', file)),
].map((file) => readFileSync(file, 'utf8'));
const source = sources.join('\n');

function matches(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map((match) => match[1]!))].sort();
}

/** Ids of commands have three parts: `weightroom.<area>.<verb>`; `<view>.focus` is VS Code's own. */
function commandIds(text: string, pattern: RegExp): string[] {
  return matches(text, pattern).filter((id) => !id.endsWith('.focus'));
}

describe('the manifest', () => {
  it('declares exactly the commands that the host registers', () => {
    expect(matches(source, /^\s*'(weightroom\.\w+\.\w+)': /gm)).toEqual(commands);
  });

  it('declares every command that the host calls', () => {
    const called = commandIds(source, /'(weightroom\.\w+\.\w+)'/g);
    expect(called.filter((id) => !commands.includes(id))).toEqual([]);
  });

  it('gives every command a title from the list of strings, and the category', () => {
    for (const { command, title, category } of contributes.commands) {
      expect(title).toBe(`%${command.replace('weightroom.', 'command.')}%`);
      expect(category).toBe('Weightroom');
    }
  });

  it('puts only declared commands into menus', () => {
    const inMenus = Object.values(contributes.menus).flatMap((entries) =>
      entries.map(({ command }) => command),
    );
    expect(inMenus.filter((id) => !commands.includes(id))).toEqual([]);
  });

  it('links only to declared commands', () => {
    const linked = commandIds(Object.values(strings).join('\n'), /\(command:(weightroom\.[\w.]+)\)/g);
    const completing = commandIds(manifestText, /"onCommand:(weightroom\.[\w.]+)"/g);
    expect([...linked, ...completing].filter((id) => !commands.includes(id))).toEqual([]);
  });

  it('has each of its strings once, and no other', () => {
    const used = matches(manifestText, /"%([^"%]+)%"/g);
    expect(used).toEqual(Object.keys(strings).sort());
  });

  it('names pictures and pages that exist', () => {
    const files = [
      manifest.icon,
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...Object.values(contributes.views).flatMap((views) => views.map(({ icon }) => icon)),
      ...contributes.walkthroughs.flatMap(({ steps }) =>
        steps.map(({ media }) => media.svg ?? media.markdown ?? ''),
      ),
    ].filter((file) => !file.startsWith('$('));
    expect(files.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  });

  it('says for each setting where it may be set, and reads no other', () => {
    for (const [name, { scope }] of Object.entries(properties))
      expect([name, scope]).not.toContain(undefined);
    const read = matches(source, /section\.get(?:<\w+>)?\('([\w.]+)'/g).map((key) => `weightroom.${key}`);
    expect(read).toEqual(Object.keys(properties).sort());
  });

  it('explains each setting, each of its values, and bounds each number', () => {
    for (const { properties } of contributes.configuration) {
      const settings = Object.values(properties);
      expect(settings.map(({ order }) => order)).toEqual(settings.map((_, k) => k + 1));
      for (const setting of settings) {
        expect(setting.markdownDescription).toMatch(/^%setting\./);
        expect(setting.markdownEnumDescriptions?.length).toBe(setting.enum?.length);
        if (setting.type === 'integer') {
          expect([typeof setting.minimum, typeof setting.maximum]).toEqual(['number', 'number']);
        }
      }
    }
  });

  it('offers what a quantization may be asked for, in the words of the questions', () => {
    for (const [name, words, first] of [
      ['method', METHOD_WORDS, DEFAULT_METHOD],
      ['preset', PRESET_WORDS, DEFAULT_PRESET],
      ['form', FORM_WORDS, 'portable'],
    ] as const) {
      const setting = properties[`weightroom.quantize.${name}`];
      expect(setting?.enum).toEqual(OFFERED[name]);
      expect(setting?.default).toBe(first);
      for (const id of OFFERED[name]) {
        const { purpose } = (words as Readonly<Record<string, ChoiceWords>>)[id]!;
        expect(strings[`setting.quantize.${name}.${id}`]).toBe(purpose);
      }
    }
  });

  it('offers nothing that starts a process in a workspace that is not trusted', () => {
    const startsProcesses = [
      'weightroom.engine.install',
      'weightroom.engine.refresh',
      'weightroom.experiment.run',
      'weightroom.model.compare',
      'weightroom.model.quantize',
      'weightroom.run.resume',
    ];
    const needTrust = contributes.commands.filter(({ enablement }) => enablement === 'isWorkspaceTrusted');
    expect(needTrust.map(({ command }) => command).sort()).toEqual(startsProcesses);
  });

  it('gives every button of a toolbar and of a row its picture', () => {
    const withPicture = contributes.commands.filter(({ icon }) => icon !== undefined);
    const buttons = Object.values(contributes.menus)
      .flat()
      .filter(({ group }) => group !== undefined && /^(navigation|inline)/.test(group));
    const names = withPicture.map(({ command }) => command);
    expect(buttons.filter(({ command }) => !names.includes(command))).toEqual([]);
  });

  it('keeps to one container, a few views and five steps', () => {
    expect(contributes.viewsContainers.activitybar).toHaveLength(1);
    expect(contributes.views['weightroom']!.length).toBeLessThanOrEqual(5);
    for (const { steps } of contributes.walkthroughs) expect(steps.length).toBeLessThanOrEqual(5);
  });

  it('keeps the program that runs jobs out of the hands of an untrusted workspace', () => {
    expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toContain(
      'weightroom.nodePath',
    );
  });

  it('does not start with the editor', () => {
    expect(manifest.activationEvents).not.toContain('*');
    expect(manifest.activationEvents).not.toContain('onStartupFinished');
  });

  it('offers the menus on exactly the names that the host takes for models', () => {
    const inMenus = matches(manifestText, /resourceFilename =~ \/(.+?)\/ &&/g).map((text) =>
      text.replaceAll('\\\\', '\\'),
    );
    const inHost = matches(source, /const MODEL_NAME =\s+\/(.+)\/;/g);
    expect(inMenus).toEqual(inHost);
  });
});
