import type { RunConfiguration } from '../../native/contract/configuration.ts';
import type { DoctorReport } from '../../native/contract/doctorReport.ts';
import type { MethodDescriptor } from '../../native/contract/methodDescriptor.ts';
import { automaticChoice, type DescribedSetting } from '../../native/contract/describedSetting.ts';
import type { Sample, Warning } from '../../native/contract/inspection.ts';
import { stepOfField, type Step } from '../logic/steps.ts';
import type { Answer, Connection } from './connection.svelte.ts';
import { LatestCall } from './latestCall.svelte.ts';

const quiet = 200;

/** The available methods, samples, engine and host, and the check of the configuration. */
export class Catalogue {
  host = $state.raw<Answer<'host'> | undefined>();
  methods = $state.raw<readonly MethodDescriptor[]>([]);
  /** The settings of a configuration, without those of its method. */
  settings = $state.raw<readonly DescribedSetting[]>([]);
  samples = $state.raw<readonly Sample[]>([]);
  recent = $state.raw<Answer<'recentFiles'>>([]);
  readonly #connection: Connection;
  readonly #recommended = new Map<string, Promise<RunConfiguration>>();
  readonly #doctor = new LatestCall<DoctorReport>();
  readonly #check = new LatestCall<readonly Warning[]>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  readonly doctor = $derived(this.#doctor.value);
  readonly doctorError = $derived(this.#doctor.error);
  /** The error in the configuration, if any. */
  readonly problem = $derived(this.#check.error);
  readonly warnings = $derived(this.#check.value ?? []);
  readonly problemStep: Step | undefined = $derived(
    this.problem === undefined ? undefined : stepOfField(this.problem.field),
  );

  method(id: string): MethodDescriptor | undefined {
    return this.methods.find((method) => method.id === id);
  }

  /** The settings below a path such as `data.scaling`, or at it. */
  settingsOf(path: string): readonly DescribedSetting[] {
    return this.settings.filter((setting) => setting.path === path || setting.path.startsWith(`${path}.`));
  }

  /** Display name of a method. */
  methodTitle(id: string): string {
    return id === 'auto' ? automaticChoice.title : (this.method(id)?.title ?? id);
  }

  async load(): Promise<void> {
    this.host = await this.#connection.call('host', {});
    [this.methods, this.settings, this.samples, this.recent] = await Promise.all([
      this.#connection.call('methods', {}),
      this.#connection.call('settings', {}),
      this.#connection.call('samples', {}),
      this.#connection.call('recentFiles', {}),
    ]);
  }

  /** Loads the description of the training engine, which may have to start first. */
  async loadDoctor(): Promise<void> {
    await this.#doctor.run((signal) => this.#connection.call('doctor', {}, { signal }));
  }

  async remember(path: string, kind: 'data' | 'configuration'): Promise<void> {
    await this.#connection.call('rememberFile', { path, kind });
    this.recent = await this.#connection.call('recentFiles', {});
  }

  async forget(path: string): Promise<void> {
    await this.#connection.call('forgetFile', { path });
    this.recent = await this.#connection.call('recentFiles', {});
  }

  /** A sample's recommended configuration. */
  recommended(sample: string): Promise<RunConfiguration> {
    const known = this.#recommended.get(sample);
    if (known !== undefined) return known;
    const asked = this.#connection.call('sampleConfiguration', { id: sample });
    this.#recommended.set(sample, asked);
    asked.catch(() => this.#recommended.delete(sample));
    return asked;
  }

  /** Checks the configuration in the engine after a short pause without changes. */
  checkSoon(configuration: RunConfiguration | null): void {
    if (configuration === null) this.#check.clear();
    else void this.#check.runSoon(quiet, (signal) => this.#connection.call('check', { configuration }, { signal }));
  }
}
