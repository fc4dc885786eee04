// What the user has chosen to see in notebooks.

import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Signal, type ISignal } from '@lumino/signaling';

/** In notebooks that have tags of steps, in all, or in none. */
export type Where = 'tagged' | 'always' | 'never';

export class CellSettings {
  /** The settings come later, or never where there is no registry: until then the defaults hold. */
  constructor(
    private readonly _registry: ISettingRegistry | null,
    private readonly _id: string
  ) {
    void this._load();
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get badges(): Where {
    return this._badges;
  }

  get editor(): Where {
    return this._editor;
  }

  get findings(): boolean {
    return this._findings;
  }

  async set(name: 'badges' | 'editor' | 'findings', value: Where | boolean): Promise<void> {
    await this._registry?.set(this._id, name, value);
  }

  private async _load(): Promise<void> {
    if (this._registry === null) {
      return;
    }
    const settings = await this._registry.load(this._id);
    const read = () => {
      this._badges = settings.get('badges').composite as Where;
      this._editor = settings.get('editor').composite as Where;
      this._findings = settings.get('findings').composite as boolean;
      this._changed.emit();
    };
    settings.changed.connect(read);
    read();
  }

  private readonly _changed = new Signal<this, void>(this);
  private _badges: Where = 'tagged';
  private _editor: Where = 'tagged';
  private _findings = true;
}
