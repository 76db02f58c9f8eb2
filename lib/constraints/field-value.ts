import { attributeText } from './attribute-text.ts';

/** Where something runs, as far as constraints can see: an agent now, or an instance's agent as recorded at launch. */
export interface Site {
  readonly host: string;
  /** Empty: not known. */
  readonly region: string;
  readonly zone?: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The value of a constraint's field at a site, in text form; undefined where the site has none (scheduling.md §2.1). */
export function fieldValue(site: Site, field: string): string | undefined {
  return isHostField(field) ? site.host : valueAround(site, field);
}

export const isHostField = (field: string): boolean => field === 'hostname' || field === '@hostname';

/** The same for all fields but the host's name. */
export function valueAround(site: Omit<Site, 'host'>, field: string): string | undefined {
  switch (field) {
    case '@region':
      return site.region === '' ? undefined : site.region;
    case '@zone':
      return site.zone;
    default: {
      const declared = Object.hasOwn(site.attributes, field) ? site.attributes[field] : undefined;
      return declared === undefined ? undefined : attributeText(declared);
    }
  }
}
