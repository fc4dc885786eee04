// What a run page shows of its run: a step, a tab of it, and whether anybody looks. It knows no DOM.

import { Signal, type ISignal } from '@lumino/signaling';

import type { IStepState, RunModel } from '../model/run';

export const TABS = ['log', 'outputs', 'variables', 'metrics', 'why', 'code'] as const;
export type Tab = (typeof TABS)[number];

export class PageModel {
  constructor(
    readonly run: RunModel,
    private _chosen: string | null = null
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The step that the user has chosen; null where the page is to follow the run. */
  get chosen(): string | null {
    return this._chosen;
  }

  /** The step that is shown, or null where there is none. */
  get step(): IStepState | null {
    const chosen = this._chosen === null ? null : this.run.step(this._chosen);
    return chosen ?? (this._followed = followed(this.run.steps, this._followed));
  }

  choose(step: string | null): void {
    this._chosen = step;
    this._changed.emit();
  }

  get tab(): Tab {
    return this._tab;
  }

  set tab(tab: Tab) {
    this._tab = tab;
    this._changed.emit();
  }

  /** Whether the page is in sight. */
  get visible(): boolean {
    return this._visible;
  }

  set visible(visible: boolean) {
    if (visible !== this._visible) {
      this._visible = visible;
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _followed: IStepState | null = null;
  private _tab: Tab = 'log';
  private _visible = false;
}

/** The step to show while the user has chosen none: what failed, what runs, else what was shown before. */
export function followed(
  steps: readonly IStepState[],
  before: IStepState | null
): IStepState | null {
  const failed = steps.find(each => each.state === 'failed');
  const running = steps.filter(each => each.state === 'running');
  const now = steps.find(each => each.name === before?.name) ?? null;
  if (failed || running.length > 0) {
    return failed ?? (now?.state === 'running' ? now : running[running.length - 1]);
  }
  const ended = steps.filter(each => each.state !== 'waiting' && each.state !== 'skipped');
  return now ?? ended[ended.length - 1] ?? steps[0] ?? null;
}
