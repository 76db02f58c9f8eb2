/** AWS's request limits, for all services that have them: off at the start. */
export interface RequestLimits {
  isOn(): boolean;
  set(on: boolean): void;
}

/** One switch for the token buckets of several services. */
export function createRequestLimits(
  services: readonly { readonly setThrottling: (on: boolean) => void }[],
): RequestLimits {
  let isOn = false;
  return {
    isOn: () => isOn,
    set(on) {
      isOn = on;
      for (const { setThrottling } of services) setThrottling(on);
    },
  };
}
