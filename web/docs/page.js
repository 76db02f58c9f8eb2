/** Shows the OpenAPI document beside this page: operations by resource, then schemas. Text goes in as text only. */

/** @returns an element; strings among the children become text, `backticks` in `words` become code */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.flat().filter((child) => child !== undefined));
  return made;
}

const words = (text = '') => text.split('`').map((part, index) => (index % 2 === 1 ? element('code', {}, part) : part));

/** Paragraphs and lists of a description. */
function prose(text) {
  return text.split('\n\n').map((block) => {
    if (!block.startsWith('- ')) return element('p', {}, words(block));
    return element(
      'ul',
      {},
      block.split('\n').map((line) => element('li', {}, words(line.slice(2)))),
    );
  });
}

/** A folded part, which is filled when it is opened first: schemas may hold themselves. */
function folded(attributes, summary, fill) {
  const made = element('details', attributes, element('summary', {}, summary));
  made.addEventListener('toggle', () => made.append(element('div', { class: 'inside' }, fill())), { once: true });
  return made;
}

const nameOf = (reference) => reference.slice(reference.lastIndexOf('/') + 1);

function createViews({ components }) {
  const resolve = (value) =>
    value.$ref === undefined ? value : components[value.$ref.split('/')[2]][nameOf(value.$ref)];
  /** `null` says no more than that a field may be left out. */
  const choices = ({ anyOf = [] }) => anyOf.filter(({ type }) => type !== 'null');
  const single = (schema) =>
    choices(schema).length === 1 ? single({ ...schema, anyOf: undefined, ...choices(schema)[0] }) : schema;

  function typeOf(given) {
    const schema = single(given);
    if (schema.$ref !== undefined) return nameOf(schema.$ref);
    if (schema.const !== undefined) return JSON.stringify(schema.const);
    if (schema.enum !== undefined) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
    if (choices(schema).length > 1) return [...new Set(choices(schema).map(typeOf))].join(' or ');
    if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`;
    if (isMap(schema)) return `map to ${typeOf(schema.additionalProperties)}`;
    const types = [schema.type ?? 'anything'].flat().filter((type) => type !== 'null');
    return schema.format === undefined ? types.join(' or ') : `${types.join(' or ')} (${schema.format})`;
  }

  const isMap = ({ additionalProperties: values }) => typeof values === 'object' && Object.keys(values).length > 0;

  /** What bounds a value, in one line. */
  function bounds(given) {
    const schema = single(given);
    const huge = 2 ** 31 - 1;
    const pattern = schema.pattern?.length > 60 ? undefined : schema.pattern;
    const shown = {
      'at least': schema.minimum > -huge ? schema.minimum : undefined,
      'at most': schema.maximum < huge ? schema.maximum : undefined,
      'characters at least': schema.minLength,
      'characters at most': schema.maxLength,
      like: pattern,
      default: schema.default === undefined ? undefined : JSON.stringify(schema.default),
    };
    return Object.entries(shown)
      .flatMap(([name, value]) => (value === undefined ? [] : `${name} ${value}`))
      .join(', ');
  }

  /** The fields inside a schema, where it has any. */
  function inside(given) {
    const schema = single(given);
    if (schema.$ref !== undefined)
      return [folded({ class: 'schema' }, nameOf(schema.$ref), () => inside(resolve(schema)))];
    if (schema.items !== undefined) return inside(schema.items);
    if (isMap(schema)) return inside(schema.additionalProperties);
    const fields = Object.entries(schema.properties ?? {});
    const rows = fields.map(([name, field]) =>
      fieldRow(name, field, (schema.required ?? []).includes(name), field.description ?? single(field).description),
    );
    return [...(rows.length > 0 ? [element('ul', { class: 'fields' }, rows)] : []), ...choices(schema).flatMap(inside)];
  }

  function fieldRow(name, schema, needed, description, place = '') {
    const limits = bounds(schema);
    return element(
      'li',
      {},
      element('code', needed ? { class: 'needed' } : {}, name),
      element('span', { class: 'soft' }, ` ${place}${typeOf(schema)}${limits === '' ? '' : `, ${limits}`}`),
      ...(description === undefined ? [] : [' — ', ...words(description)]),
      inside(schema),
    );
  }

  /** A value of a schema; of recursive ones two levels. */
  function sample(given, depth = 0) {
    const schema = single(resolve(given));
    if (schema.$ref !== undefined) return sample(schema, depth + 1);
    const [example] = schema.examples ?? [];
    if (example !== undefined || schema.const !== undefined) return example ?? schema.const;
    if (schema.default !== undefined) return schema.default;
    if (schema.enum !== undefined) return schema.enum[0];
    if (choices(schema).length > 0) return sample(choices(schema)[0], depth);
    if (schema.type === 'array')
      return depth > 4 || schema.items?.not !== undefined ? [] : [sample(schema.items ?? {}, depth + 1)];
    if (schema.properties !== undefined) {
      const needed = Object.entries(schema.properties).filter(([name]) => schema.required?.includes(name));
      return Object.fromEntries(needed.map(([name, field]) => [name, sample(field, depth + 1)]));
    }
    const [type] = [schema.type].flat();
    return (
      { string: 'text', integer: Math.max(0, schema.minimum ?? 0), number: 1, boolean: true, object: {} }[type] ?? null
    );
  }

  /** Schema and examples of each media type. */
  function content(media, examples) {
    return Object.entries(media).flatMap(([type, { schema }]) => [
      element('p', {}, element('code', {}, type), element('span', { class: 'soft' }, ` ${typeOf(schema)}`)),
      ...inside(schema),
      ...(type !== 'application/json'
        ? []
        : examples(schema).map((one) => element('pre', {}, JSON.stringify(one, null, 2)))),
    ]);
  }

  const sent = (schema) =>
    choices(schema)
      .concat(schema)
      .flatMap((one) => resolve(one).examples ?? []);

  function answer([status, given]) {
    const { description, headers = {}, content: media = {} } = resolve(given);
    const line = [element('code', {}, status), ' ', ...words(description)];
    const fill = () => [
      element(
        'ul',
        { class: 'fields' },
        Object.entries(headers).map(([name, header]) =>
          fieldRow(name, header.schema, false, header.description, 'header, '),
        ),
      ),
      ...content(media, (schema) => [sample(schema)]),
    ];
    return folded({ class: 'schema' }, line, fill);
  }

  function operation(path, method, { operationId, summary, parameters = [], requestBody, responses }) {
    const title = [
      element('span', { class: `method ${method}` }, method.toUpperCase()),
      element('code', {}, path),
      ' ',
      element('span', { class: 'soft' }, words(summary)),
    ];
    const fill = () => [
      ...(parameters.length === 0
        ? []
        : [
            element('h3', {}, 'Parameters'),
            element(
              'ul',
              { class: 'fields' },
              parameters.map((one) => fieldRow(one.name, one.schema, one.required, one.description, `${one.in}, `)),
            ),
          ]),
      ...(requestBody === undefined ? [] : [element('h3', {}, 'Body'), ...content(requestBody.content, sent)]),
      element('h3', {}, 'Answers'),
      ...Object.entries(responses).map(answer),
    ];
    return folded(
      {
        class: 'operation',
        id: operationId,
        'data-words': `${method} ${path} ${operationId} ${summary}`.toLowerCase(),
      },
      title,
      fill,
    );
  }

  const schemaView = ([name, schema]) =>
    folded({ class: 'operation', id: `schema-${name}`, 'data-words': name.toLowerCase() }, name, () => [
      ...inside(schema),
      element('pre', {}, JSON.stringify(sample(schema), null, 2)),
    ]);

  return { operation, schemaView };
}

function show(api) {
  const { operation, schemaView } = createViews(api);
  const rows = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => ({ path, method, ...one, view: operation(path, method, one) })),
  );
  const group = (title, views) => element('section', {}, element('h2', {}, title), views);
  const byTag = api.tags
    .map(({ name }) => [name, rows.filter(({ tags }) => tags.includes(name))])
    .filter(([, some]) => some.length > 0);
  document.getElementById('version').textContent = api.info.version;
  document.getElementById('main').replaceChildren(
    ...prose(api.info.description),
    ...byTag.map(([tag, some]) =>
      group(
        tag,
        some.map(({ view }) => view),
      ),
    ),
    group('Schemas', Object.entries(api.components.schemas).map(schemaView)),
  );
  const link = ({ operationId, method, path }) =>
    element(
      'a',
      { href: `#${operationId}`, title: path },
      element('span', { class: `method ${method}` }, method.toUpperCase()),
      path,
    );
  document
    .getElementById('contents')
    .replaceChildren(...byTag.flatMap(([tag, some]) => [element('h2', {}, tag), ...some.map(link)]));
}

function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!(target instanceof HTMLDetailsElement)) return;
  target.open = true;
  target.scrollIntoView();
}

function filter(event) {
  const wanted = event.target.value.toLowerCase().split(' ');
  for (const one of document.querySelectorAll('details.operation')) {
    one.hidden = !wanted.every((word) => one.dataset.words.includes(word));
  }
  for (const section of document.querySelectorAll('section')) {
    section.hidden = section.querySelector('details.operation:not([hidden])') === null;
  }
}

try {
  const response = await fetch('stride/v1/openapi.json');
  if (!response.ok) throw new Error(`The document was answered with ${response.status}.`);
  show(await response.json());
  openTarget();
  addEventListener('hashchange', openTarget);
  document.getElementById('filter').addEventListener('input', filter);
} catch (error) {
  document.getElementById('main').replaceChildren(element('p', {}, `openapi.json cannot be shown: ${error.message}`));
}
