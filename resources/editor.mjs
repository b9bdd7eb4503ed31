/**
 * What the edit dialogs of all ArcFlow nodes share: text, validators with translated messages, choosing the only
 * configuration node there is, and filling a dialog. A module, so that the page of every node can ask for it and it
 * runs once. Each node's own page holds its defaults and what is particular to its fields.
 */
window.ArcFlow = (() => {
  const PACKAGE = '@arcflow/node-red-arcflow';
  const STYLE = `${RED.settings.apiRootUrl}resources/${PACKAGE}/editor.css`;

  $('<link>', { rel: 'stylesheet', href: STYLE }).appendTo('head');

  /** The text of a key that starts with its node's folder, such as 'mtcnn-detect.label.minFaceSize'. */
  function text(key, values) {
    return RED._(`${PACKAGE}/${key.slice(0, key.indexOf('.'))}:${key}`, values);
  }

  function isBlank(value) {
    return value === undefined || value === null || value === '';
  }

  /** Node-RED takes a returned string as the reason only from a function of two parameters. */
  function validator(fits, reason, values) {
    return (value, { label }) =>
      fits(value) || text(`arcflow-runtime.validation.${reason}`, { field: label, ...values });
  }

  /** A number within a range (inclusive); blank takes the default, as in the node's config.ts. */
  function number({ min = -Infinity, max = Infinity, integer = false } = {}) {
    const inRange = (parsed) => Number.isFinite(parsed) && parsed >= min && parsed <= max;
    const fits = (value) =>
      isBlank(value) || (inRange(Number(value)) && (!integer || Number.isInteger(Number(value))));
    if (min === -Infinity) return validator(fits, 'number');
    return validator(fits, integer ? 'integer' : 'between', { min, max });
  }

  /** A number within a range that depends on the node's other fields. */
  function numberWithin(rangeOf) {
    return function (value, options) {
      return number(rangeOf(this))(value, options);
    };
  }

  /** The number in a field: in the open dialog what is typed there, else what the node has; blank is the default. */
  function valueOf(node, property, fallback) {
    const value = $(`#node-input-${property}`).val() ?? node[property];
    return Number(isBlank(value) ? fallback : value);
  }

  /** One of the values of a select; blank takes the default. */
  function choice(...choices) {
    return validator((value) => isBlank(value) || choices.includes(value), 'choice', {
      choices: choices.join(', '),
    });
  }

  /** A colour written #rrggbb; blank takes the default. */
  function colour() {
    return validator((value) => isBlank(value) || /^#[0-9a-f]{6}$/i.test(value), 'colour');
  }

  /** Text with something in it. */
  function filled() {
    return validator((value) => typeof value === 'string' && value.trim() !== '', 'missing');
  }

  /** A validator that holds only while the condition does; the condition's this is the node. */
  function when(condition, validate) {
    return function (value, options) {
      return !condition.call(this) || validate(value, options);
    };
  }

  /**
   * For a node's onadd: where exactly one configuration node can be chosen, it is. A node that is pasted or
   * imported with a choice of its own keeps it.
   */
  function preselect(node, ...properties) {
    for (const property of properties.filter((name) => isBlank(node[name]))) {
      const configs = [];
      RED.nodes.eachConfig((config) => {
        const reachable = !config.d && (!config.z || config.z === node.z);
        if (reachable && config.type === node._def.defaults[property].type) configs.push(config.id);
      });
      if (configs.length === 1) node[property] = configs[0];
    }
    // A pasted node is known already, so Node-RED has counted the users of its configuration nodes before.
    if (RED.nodes.node(node.id)) RED.nodes.updateConfigNodeUsers(node, { action: 'add' });
  }

  /**
   * For a node's oneditprepare: a field that the flow does not have (written by hand, or by an older version) shows
   * its default, a blank number shows it in grey, and a section in which something was changed is open.
   */
  function prepare(node) {
    const { category, defaults } = node._def;
    const prefix = category === 'config' ? '#node-config-input-' : '#node-input-';
    for (const [property, { value }] of Object.entries(defaults)) {
      const field = $(prefix + property);
      if (node[property] === undefined && !isBlank(value)) {
        if (field.is(':checkbox')) field.prop('checked', value);
        else field.val(value);
      }
      if (field.is('.arcflow-number') && !field.attr('placeholder')) field.attr('placeholder', value);
      const changed = !isBlank(node[property]) && String(node[property]) !== String(value);
      if (changed) field.closest('details').prop('open', true);
    }
  }

  /**
   * For a node's oneditprepare: fills the select of a property that names another node, no configuration node, with all
   * nodes of its type; the first entry is none of them.
   */
  function offerNodes(node, property, none) {
    const { type } = node._def.defaults[property];
    const others = RED.nodes.filterNodes({ type });
    const chosen = node[property] ?? '';
    const options = [
      { value: '', text: none },
      ...others.map((other) => ({ value: other.id, text: RED.utils.getNodeLabel(other, type) })),
      // Deleted, or in a flow that is not loaded.
      ...[chosen]
        .filter((id) => id !== '' && !others.some((other) => other.id === id))
        .map((id) => ({ value: id, text: id })),
    ];
    $(`#node-input-${property}`)
      .empty()
      .append(options.map((option) => $('<option>', option)))
      .val(chosen);
  }

  /**
   * For the oneditprepare of a node with a `detector` and its `options`: offers the runtime's detectors, shows the rows of
   * the chosen one's options (data-option) and makes those that have no row of their own.
   * @param texts functions that give the words of the node's catalogue; the name of an option stands for a missing word
   * @returns options(): what to save of those without a row of their own
   */
  function detectorChoice(node, dialog, texts) {
    const select = dialog.find('#node-input-detector');
    const place = dialog.find('[data-property="options"]');
    const { defaults } = node._def;
    const current = isBlank(node.detector) ? defaults.detector.value : node.detector;
    const values = { ...node.options };
    let detectors = [];

    const chosen = () => detectors.find(({ id }) => id === select.val());
    const ownOptions = () => chosen()?.options.filter(({ name }) => !(name in defaults)) ?? [];
    const worded = (found, name) => (isBlank(found) || found.endsWith(`.${name}`) ? '' : found);

    function optionRow({ name, min, max, type, default: fallback }) {
      const fits = (value) =>
        number({ min, max, integer: type === 'integer' })(value, { label: name }) === true;
      const field = $('<input>', { type: 'text', inputmode: 'decimal', class: 'arcflow-number' });
      field.attr({ id: `node-option-${name}`, placeholder: fallback }).val(values[name] ?? '');
      field.on('input', () => {
        values[name] = field.val();
        field.toggleClass('input-error', !fits(field.val()));
      });
      const label = $('<label>', {
        for: `node-option-${name}`,
        text: worded(texts.setting(name), name) || name,
      });
      const range = $('<span>', { class: 'arcflow-unit', text: `${min} … ${max}` });
      const hint = $('<div>', { class: 'arcflow-hint', text: worded(texts.explain(name), name) });
      return [$('<div>', { class: 'form-row' }).append(label, field, range), hint];
    }

    function show() {
      const names = chosen()?.options.map(({ name }) => name);
      dialog
        .find('[data-option]')
        .each((_, row) => $(row).toggle(!names || names.includes(row.dataset.option)));
      place.empty().append(ownOptions().flatMap(optionRow));
      if (ownOptions().some(({ name }) => !isBlank(values[name])))
        place.closest('details').prop('open', true);
    }

    /** The node's own choice stands among the detectors even where the list does not have it. */
    function fill(list) {
      const wanted = select.val() || current;
      detectors = list;
      const missing = list.some(({ id }) => id === wanted) ? [] : [{ value: wanted, text: wanted }];
      const known = list.map((detector) => ({ value: detector.id, text: texts.option(detector) }));
      select
        .empty()
        .append([...known, ...missing].map((option) => $('<option>', option)))
        .val(wanted);
      show();
    }

    fill([]);
    select.on('change', show);
    dialog.find('#node-input-runtime').on('change', function () {
      $.getJSON('arcflow/detectors', { runtime: $(this).val() }).done(fill);
    });
    // What is no number is saved as it is, for the runtime to name it.
    const entered = ({ name }) => [
      name,
      Number.isNaN(Number(values[name])) ? values[name] : Number(values[name]),
    ];
    return {
      options: () =>
        chosen()
          ? Object.fromEntries(
              ownOptions()
                .filter(({ name }) => !isBlank(values[name]))
                .map(entered),
            )
          : { ...node.options },
    };
  }

  /** Shows those rows whose attribute data-for lists the value, and hides the others with their hints. */
  function showFor(select, container) {
    const update = () => {
      $(container)
        .find('[data-for]')
        .each((_, row) => $(row).toggle(row.dataset.for.split(' ').includes(select.val())));
    };
    select.on('change', update);
    update();
  }

  return {
    text,
    number,
    numberWithin,
    valueOf,
    choice,
    colour,
    filled,
    when,
    preselect,
    prepare,
    offerNodes,
    detectorChoice,
    showFor,
  };
})();
