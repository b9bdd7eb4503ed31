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
   * For a node that is added: where exactly one configuration node can be chosen, it is. A node that is pasted or
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

  /** Which of the two scripts comes first is up to the network; a node's own waits for both. */
  const migrations = () => window.ArcFlowMigrations;

  /** Whether a version, blank being the one before there were any, is at most the newest that is known. */
  function isReadable(version, newest) {
    return isBlank(version) || (/^\d+$/.test(version) && Number(version) <= newest);
  }

  /** The property in which a node keeps the version of its settings; it has no field. */
  function version(type) {
    const { STEPS, newestOf } = migrations();
    const newest = newestOf(STEPS[type]);
    return {
      value: newest,
      validate: (value, _options) =>
        isReadable(value, newest) || text('arcflow-runtime.validation.newer', { version: value, newest }),
    };
  }

  /** A node's settings in their newest form; those of a newer package as they are. */
  function upgraded(node) {
    const { defaults } = node._def;
    const { STEPS, climb } = migrations();
    const settings = Object.fromEntries(Object.keys(defaults).map((name) => [name, node[name]]));
    return isReadable(node.version, defaults.version.value)
      ? climb(STEPS[node.type], settings, Number(node.version ?? 0))
      : settings;
  }

  const fieldOf = (node, property) =>
    $((node._def.category === 'config' ? '#node-config-input-' : '#node-input-') + property);

  /**
   * Settings of an older version show as what they are today, a field that the flow does not have (written by hand)
   * shows its default, a blank number shows it in grey, and a section in which something was changed is open.
   */
  function prepare(node) {
    const settings = upgraded(node);
    for (const [property, { value }] of Object.entries(node._def.defaults)) {
      const field = fieldOf(node, property);
      const shown = settings[property] ?? value;
      if (shown !== node[property] && !isBlank(shown)) {
        if (field.is(':checkbox')) field.prop('checked', shown);
        else field.val(shown);
      }
      if (field.is('.arcflow-number') && !field.attr('placeholder')) field.attr('placeholder', value);
      const changed = !isBlank(settings[property]) && String(settings[property]) !== String(value);
      if (changed) field.closest('details').prop('open', true);
    }
  }

  /** What has no field, the version among it, is saved as it is today; Node-RED reads the fields. */
  function saveUpgraded(node) {
    for (const [property, value] of Object.entries(upgraded(node))) {
      if (value !== node[property] && fieldOf(node, property).length === 0) node[property] = value;
    }
  }

  /**
   * What the definitions of configuration nodes have in common, to be spread into that of one.
   * @param folder of the node in nodes/, which its texts are kept by
   * @param own label(): instead of the palette's where the node has no name; prepare() and save(): besides what is done
   *   for every dialog. In all of them this is the node
   */
  function configDialog(folder, { label, prepare: prepareOwn, save: saveOwn } = {}) {
    return {
      paletteLabel() {
        return this._(`${folder}.paletteLabel`);
      },
      label() {
        return this.name || label?.call(this) || this._(`${folder}.paletteLabel`);
      },
      labelStyle() {
        return this.name ? 'node_label_italic' : '';
      },
      oneditprepare() {
        prepare(this);
        prepareOwn?.call(this);
      },
      oneditsave() {
        saveUpgraded(this);
        saveOwn?.call(this);
      },
    };
  }

  /**
   * The same of nodes that are wired.
   * @param own besides, outputs: the names of its ports, below "port" in the node's texts
   */
  function dialog(folder, { outputs = ['out'], ...own } = {}) {
    return {
      ...configDialog(folder, own),
      inputs: 1,
      outputs: outputs.length,
      inputLabels() {
        return this._(`${folder}.port.in`);
      },
      outputLabels(index) {
        return this._(`${folder}.port.${outputs[index]}`);
      },
      onadd() {
        const { defaults } = this._def;
        preselect(
          this,
          ...Object.keys(defaults).filter((name) => defaults[name].type?.startsWith('arcflow-')),
        );
      },
    };
  }

  /**
   * For a dialog's prepare: fills the select of a property that names another node, no configuration node, with all
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
   * For the prepare of a dialog with a `detector` and its `options`: offers the runtime's detectors, shows the rows of
   * the chosen one's options (data-option) and makes those that have no row of their own.
   * @param texts functions that give the words of the node's catalogue; the name of an option stands for a missing word
   * @returns options(): what to save of those without a row of their own
   */
  function detectorChoice(node, dialog, texts) {
    const select = dialog.find('#node-input-detector');
    const place = dialog.find('[data-property="options"]');
    const { defaults } = node._def;
    const saved = upgraded(node);
    const current = isBlank(saved.detector) ? defaults.detector.value : saved.detector;
    const values = { ...saved.options };
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
          : { ...saved.options },
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
    version,
    upgraded,
    configDialog,
    dialog,
    offerNodes,
    detectorChoice,
    showFor,
  };
})();
