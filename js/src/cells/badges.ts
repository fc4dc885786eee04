// The badges of one open notebook, kept right while it is edited and while a run goes on.

import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { MessageLoop, type IMessageHandler, type Message } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';

import { serverClock } from '../clock';
import { saidBy } from '../lab/source';
import type { NotebookModel } from '../model/notebook';
import { shownOf } from '../model/states';
import { badges, type IBadge, type ILiveCell } from './badge';
import { NOTHING, paint, type IPaint } from './painter';
import type { CellSettings } from './settings';
import { badgeText, spoken } from './words';

export class NotebookBadges implements IDisposable {
  constructor(
    readonly panel: NotebookPanel,
    readonly model: NotebookModel,
    private readonly _settings: CellSettings,
    private readonly _trans: TranslationBundle
  ) {
    model.source.changed.connect(this._later, this);
    model.changed.connect(this._later, this);
    _settings.changed.connect(this._later, this);
    panel.content.modelChanged.connect(this._later, this);
    MessageLoop.installMessageHook(panel, this._hook);
    panel.disposed.connect(this.dispose, this);
    void panel.context.ready.then(() => this._later());
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    if (this._disposed) {
      return;
    }
    this._disposed = true;
    MessageLoop.removeMessageHook(this.panel, this._hook);
    this._watching?.dispose();
    window.clearTimeout(this._timer);
    Signal.clearData(this);
  }

  /** Soon, once for all that has changed by then. */
  private _later(): void {
    if (!this._planned && !this._disposed) {
      this._planned = true;
      window.setTimeout(() => {
        this._planned = false;
        this._show();
      });
    }
  }

  private _show(): void {
    if (this._disposed || !this.panel.isVisible) {
      this._watch(false);
      return;
    }
    const cells = this.panel.content.widgets;
    const live = cells.map(({ model }): ILiveCell => ({
      id: model.id,
      code: model.type === 'code',
      tags: model.type === 'code' ? saidBy(model) : []
    }));
    const choice = this._settings.badges;
    const shown = choice !== 'never';
    const { editor, findings } = this._settings;
    const needed = shown || editor !== 'never' || findings;
    this._watch(choice === 'always' || (needed && live.some(cell => cell.tags.length > 0)));
    const analysis = shown ? this.model.analysis : null;
    const now = serverClock.now();
    badges(live, analysis, { proposed: choice === 'always' }).forEach((badge, index) => {
      paint(cells[index], badge === null ? NOTHING : this._paint(badge, now));
    });
    this._tick();
  }

  private _paint(badge: IBadge, now: number): IPaint {
    const state = badge.step ? (this.model.run?.step(badge.step) ?? null) : null;
    return {
      role: badge.role,
      own: badge.own,
      text: badge.named ? badgeText(this._trans, badge, state, now) : '',
      spoken: spoken(this._trans, badge, state),
      hue: badge.hue,
      state: state && shownOf(state)
    };
  }

  /** Keep the analysis current, or leave it. */
  private _watch(wanted: boolean): void {
    if (wanted) {
      this._watching ??= this.model.watch();
    } else {
      this._watching?.dispose();
      this._watching = null;
    }
  }

  /** Count up while a step runs. */
  private _tick(): void {
    window.clearTimeout(this._timer);
    if (this.model.run?.steps.some(step => step.state === 'running')) {
      this._timer = window.setTimeout(() => this._later(), 1000);
    }
  }

  private readonly _hook = (_: IMessageHandler, message: Message): boolean => {
    if (['after-show', 'after-hide', 'after-attach'].includes(message.type)) {
      this._later();
    }
    return true;
  };

  private _planned = false;
  private _disposed = false;
  private _timer = 0;
  private _watching: IDisposable | null = null;
}
