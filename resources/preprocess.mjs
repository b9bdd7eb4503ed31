/**
 * The step editor of face-preprocess: an ordered list of steps, each with a switch, a one-line explanation and its
 * parameters, beside the picture before and after them. The list of operations comes from the runtime, so that
 * editor and validation never differ.
 */
const PREVIEW_DELAY_MS = 120;
/** Longest side of a picture that is sent for a preview, pixels. */
const PREVIEW_SIDE = 640;

/**
 * Builds the editor in a dialog.
 * @param texts functions that give the words of the node's catalogue
 * @returns steps(): what to save; close(): when the dialog closes
 */
window.ArcFlow.stepEditor = (node, dialog, texts) => {
  let operations = [];
  let timer;
  let latest = 0;
  let ownPicture;

  const list = dialog.find('.arcflow-steps').editableList({
    addButton: false,
    sortable: true,
    removable: true,
    height: 'auto',
    addItem: (row, _index, step) => addRow(row, step),
    sortItems: changed,
    removeItem: changed,
  });

  $.getJSON('arcflow/preprocess/operations').done((answer) => {
    operations = answer;
    const menu = dialog.find('.arcflow-step-menu');
    menu.append($('<option>', { value: '', text: texts.menu() }));
    for (const { id } of operations) {
      menu.append($('<option>', { value: id, text: texts.step(id), title: texts.explain(id) }));
    }
    menu.on('change', () => {
      if (menu.val() !== '') list.editableList('addItem', { id: menu.val(), enabled: true });
      menu.val('');
      changed();
    });
    for (const step of window.ArcFlow.upgraded(node).steps ?? [])
      list.editableList('addItem', structuredClone(step));
    changed();
  });

  function addRow(row, step) {
    const operation = operations.find(({ id }) => id === step.id);
    if (!operation) return;
    const enabled = $('<input>', { type: 'checkbox', checked: step.enabled !== false });
    enabled.on('change', () => {
      step.enabled = enabled.prop('checked');
      changed();
    });
    const title = $('<label>', { class: 'arcflow-step-title' }).append(
      enabled,
      $('<b>').text(texts.step(step.id)),
    );
    row
      .addClass('arcflow-step')
      .append(title, $('<div>', { class: 'arcflow-step-hint', text: texts.explain(step.id) }));
    for (const parameter of operation.parameters) row.append(parameterRow(step, parameter, row));
    showRelevant(row, step, operation);
  }

  function parameterRow(step, parameter, row) {
    step[parameter.name] ??= structuredClone(parameter.default);
    const field =
      { choice: choiceField, boolean: switchField, points: pointsField }[parameter.type] ?? numberField;
    const set = (value) => {
      step[parameter.name] = value;
      showRelevant(
        row,
        step,
        operations.find(({ id }) => id === step.id),
      );
      changed();
    };
    return $('<div>', { class: 'arcflow-parameter', 'data-parameter': parameter.name }).append(
      $('<span>', { class: 'arcflow-parameter-name', text: texts.parameter(parameter.name) }),
      field(parameter, step[parameter.name], set),
    );
  }

  function numberField({ min, max, type, unit }, value, set) {
    const step = type === 'integer' ? 1 : Math.max(0.01, Math.round((max - min) / 2) / 100);
    const slider = $('<input>', { type: 'range', min, max, step, value });
    const number = $('<input>', {
      type: 'number',
      class: 'arcflow-number',
      min,
      max,
      step: type === 'integer' ? 1 : 'any',
      value,
    });
    slider.on('input', () => {
      number.val(slider.val());
      set(Number(slider.val()));
    });
    number.on('input', () => {
      slider.val(number.val());
      set(Number(number.val()));
    });
    return [slider, number, $('<span>', { class: 'arcflow-unit', text: texts.unit(unit) })];
  }

  function choiceField({ choices }, value, set) {
    const select = $('<select>').append(
      choices.map((choice) => $('<option>', { value: choice, text: texts.choice(choice) })),
    );
    return select.val(value).on('change', () => set(select.val()));
  }

  function switchField(_parameter, value, set) {
    const box = $('<input>', { type: 'checkbox', checked: value });
    return box.on('change', () => set(box.prop('checked')));
  }

  /** Points in per cent of the picture, as x and y of each corner. */
  function pointsField({ min, max }, points, set) {
    return points.flatMap((point, index) =>
      ['x', 'y'].map((axis) => {
        const field = $('<input>', {
          type: 'number',
          class: 'arcflow-point',
          min,
          max,
          step: 'any',
          value: point[axis],
        });
        field.attr('title', `${index + 1} ${axis}`);
        return field.on('input', () => {
          points[index] = { ...points[index], [axis]: Number(field.val()) };
          set(points);
        });
      }),
    );
  }

  /** A parameter that counts only beside a certain choice is shown only then. */
  function showRelevant(row, step, operation) {
    for (const { name, when } of operation.parameters) {
      row.find(`[data-parameter="${name}"]`).toggle(!when || step[when.parameter] === when.is);
    }
  }

  function steps() {
    return list
      .editableList('items')
      .map((_, row) => row.data('data'))
      .get();
  }

  // ---- before and after

  dialog.find('.arcflow-preview-choice').on('change', (event) => {
    const own = event.target.value === 'own';
    dialog.find('.arcflow-preview-file').toggle(own);
    if (!own) ownPicture = undefined;
    changed();
  });

  dialog.find('.arcflow-preview-file').on('change', async (event) => {
    const [file] = event.target.files;
    if (file) ownPicture = await toDataUrl(file);
    changed();
  });

  dialog.find('#node-input-target').on('change', changed);

  function changed() {
    clearTimeout(timer);
    timer = setTimeout(preview, PREVIEW_DELAY_MS);
  }

  function preview() {
    const request = ++latest;
    const body = {
      node: node.id,
      steps: steps(),
      target: dialog.find('#node-input-target').val(),
      image: ownPicture,
    };
    $.ajax({
      url: 'arcflow/preprocess/preview',
      method: 'POST',
      contentType: 'application/json',
      data: JSON.stringify(body),
    })
      .done((answer) => {
        // An answer that a newer request has overtaken shows what is no longer set.
        if (request === latest) show(answer);
      })
      .fail((failure) => {
        if (request !== latest) return;
        report(
          failure.status === 401 ? texts.forbidden() : (failure.responseJSON?.message ?? failure.statusText),
        );
      });
  }

  function show({ before, after, histograms, report: done }) {
    dialog.find('[data-picture="before"]').attr('src', before);
    dialog.find('[data-picture="after"]').attr('src', after);
    for (const side of ['before', 'after'])
      draw(dialog.find(`[data-histogram="${side}"]`)[0], histograms[side]);
    const corrections = done.flatMap((step) => step.corrections ?? []);
    const hasAuto = done.some(({ id }) => id === 'auto');
    const told = corrections.map(({ step }) => texts.corrected(texts.step(step))).join(' · ');
    report(hasAuto && told === '' ? texts.untouched() : told);
  }

  function report(text) {
    dialog.find('.arcflow-preview-report').text(text);
  }

  function draw(canvas, bins) {
    const context = canvas.getContext('2d');
    const width = canvas.width / bins.length;
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = '#7f8c8d';
    bins.forEach((share, bin) => {
      const height = share * canvas.height;
      context.fillRect(bin * width, canvas.height - height, width, height);
    });
  }

  /** Scaled down in the browser: what is not needed does not leave it. */
  async function toDataUrl(file) {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, PREVIEW_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL('image/jpeg', 0.9);
  }

  return {
    steps,
    close() {
      clearTimeout(timer);
      latest++;
    },
  };
};
