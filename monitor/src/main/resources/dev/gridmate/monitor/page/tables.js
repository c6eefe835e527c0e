// Tables that are filled again and again. All text goes in as text: names and reasons come from peers.

function element(name, text, classes) {
  const made = document.createElement(name);
  made.textContent = text;
  if (classes) {
    made.className = classes;
  }
  return made;
}

/**
 * A table. A column has a title, a function from a row to its text, and, if the server can sort by it, the name of that order.
 * The server sorts, and not the page: the page has the first rows only, of perhaps thousands.
 */
export class Table {
  constructor(table, whenSorted) {
    this.head = table.tHead.rows[0];
    this.body = table.tBodies[0];
    this.whenSorted = whenSorted;
    this.columns = [];
  }

  /** Shows these columns from now on, ordered by the one of that order. */
  setColumns(columns, sort) {
    if (this.columns === columns && this.sort === sort) {
      return;
    }
    const focused = this.head.contains(document.activeElement) && document.activeElement.dataset.sort;
    this.columns = columns;
    this.sort = sort;
    this.head.replaceChildren(...columns.map(column => this.headOf(column)));
    if (focused) {
      this.head.querySelector(`[data-sort="${focused}"]`)?.focus();
    }
  }

  headOf(column) {
    const head = element('th', column.sort ? '' : column.title, column.isText ? 'text' : '');
    head.scope = 'col';
    if (column.hint) {
      head.title = column.hint;
    }
    if (column.sort) {
      const button = element('button', column.title);
      button.type = 'button';
      button.dataset.sort = column.sort;
      button.addEventListener('click', () => this.whenSorted(column.sort));
      head.append(button);
      if (column.sort === this.sort) {
        head.setAttribute('aria-sort', column.isAscending ? 'ascending' : 'descending');
      }
    }
    return head;
  }

  fill(rows, empty) {
    if (rows.length === 0) {
      const cell = element('td', empty, 'text quiet');
      cell.colSpan = Math.max(1, this.columns.length);
      const only = document.createElement('tr');
      only.append(cell);
      this.body.replaceChildren(only);
      return;
    }
    rows.forEach((row, index) => this.fillRow(this.body.rows[index] ?? this.body.insertRow(), row));
    while (this.body.rows.length > rows.length) {
      this.body.deleteRow(-1);
    }
  }

  /** Keeps the cells that are there, so that what a reader has selected or scrolled to stays. */
  fillRow(line, row) {
    while (line.cells.length > this.columns.length || line.cells[0]?.colSpan > 1) {
      line.deleteCell(-1);
    }
    this.columns.forEach((column, index) => {
      const cell = line.cells[index] ?? line.insertCell();
      const text = column.text(row);
      if (cell.textContent !== text) {
        cell.textContent = text;
      }
      cell.className = column.isText ? 'text' : '';
    });
  }
}

/** Pairs of a name and a value. */
export function fillFigures(list, figures) {
  figures.forEach(([name, value, hint], index) => {
    let box = list.children[index];
    if (!box) {
      box = document.createElement('div');
      box.append(document.createElement('dt'), document.createElement('dd'));
      list.append(box);
    }
    box.children[0].textContent = name;
    box.children[1].textContent = value;
    box.title = hint ?? '';
  });
  while (list.children.length > figures.length) {
    list.lastChild.remove();
  }
}
