import type { Tensor } from '@tensorflow/tfjs';
import type { AuditClock } from './guard/auditClock';
import { GuardTimes } from './guard/guardTimes';
import type { StepTimes } from './guard/stepTimes';
import type { Program, ValueIndex } from './program/program';
import type { CompiledProgram } from './session/compiledProgram';

/** Signatures that stay compiled at a time. */
export const MOST_COMPILED = 8;
/** Signatures that make room for others before the rest is left eager: compiling anew costs more than it gains. */
const MOST_REPLACEMENTS = 16;
/** Signatures that are remembered at a time. */
const MOST_SIGNATURES = 64;

/** What is known of a step for one combination of shapes and types. */
export interface Signature {
  readonly name: string;
  state:
    | { readonly kind: 'recording'; readonly previous: Program | undefined }
    | { readonly kind: 'compiled'; readonly use: Use }
    | { readonly kind: 'eager'; readonly reason: string; readonly where: Error | undefined };
  recordings: number;
  revisions: number;
  /** Place among all uses of all signatures. */
  lastUse: number;
  steps: number;
  eagerMs: number;
  compileMs: number;
  readonly guard: GuardTimes;
}

/** A compiled program in use. */
export interface Use {
  readonly program: Program;
  readonly changing: ReadonlySet<ValueIndex>;
  readonly compiled: CompiledProgram;
  /** What the recorded step returned, for its structure; its tensors may be gone. */
  readonly example: unknown;
  /** How many of the results are the step's value; the others are readings. */
  readonly valueCount: number;
  readonly clock: AuditClock;
  readonly times: StepTimes;
}

/** The signatures of a step that are remembered, a bounded number of them compiled. */
export class Signatures {
  private readonly known = new Map<string, Signature>();
  private uses = 0;
  private replacements = 0;

  get all(): readonly Signature[] {
    return [...this.known.values()];
  }

  /** That of a step's inputs, which is used now; a new one where it is not known. */
  of(inputs: readonly Tensor[]): Signature {
    const name = inputs.map(({ dtype, shape }) => `${dtype} [${shape.join(', ')}]`).join(', ');
    const known = this.known.get(name);
    if (known !== undefined) {
      known.lastUse = ++this.uses;
      return known;
    }
    if (this.known.size >= MOST_SIGNATURES) {
      const forgotten = this.oldest().find(({ state }) => state.kind !== 'compiled');
      if (forgotten !== undefined) this.known.delete(forgotten.name);
    }
    const signature: Signature = {
      name,
      state: { kind: 'recording', previous: undefined },
      recordings: 0,
      revisions: 0,
      lastUse: ++this.uses,
      steps: 0,
      eagerMs: 0,
      compileMs: 0,
      guard: new GuardTimes(),
    };
    this.known.set(name, signature);
    return signature;
  }

  /**
   * Keeps the number of sessions bounded: of a full set, the signature that was not used for longest is forgotten.
   * @param drop frees its session
   * @returns false where so many have made room that no more shall be compiled
   */
  makeRoom(drop: (oldest: Signature) => void): boolean {
    const compiled = this.oldest().filter(({ state }) => state.kind === 'compiled');
    const [oldest] = compiled;
    if (oldest === undefined || compiled.length < MOST_COMPILED) return true;
    if (this.replacements >= MOST_REPLACEMENTS) return false;
    this.replacements++;
    drop(oldest);
    this.known.delete(oldest.name);
    return true;
  }

  clear(): void {
    this.known.clear();
  }

  /** Those that were not used for longest first. */
  private oldest(): Signature[] {
    return [...this.known.values()].sort((a, b) => a.lastUse - b.lastUse);
  }
}

export function useOf({ state }: Signature): Use | undefined {
  return state.kind === 'compiled' ? state.use : undefined;
}
