/** A diff as HTML: below files, packages, files; one fold for each, and for each directory that is summarised. */
import { summarizeFiles, type DirectorySummary, type FileGroup } from "../../../engine/index.ts";
import type {
  BlockChange,
  Diff,
  FieldChange,
  FileChange,
  FileChangeKind,
  PackageChange,
  UnreadPackages,
} from "../../../schemas/index.ts";
import { count, oneLine } from "../style.ts";
import {
  contentNote,
  fieldsWords,
  fileDetails,
  fileName,
  groupChange,
  groupCounts,
  kindWords,
  packageChange,
  packageVersion,
  SIGN,
  treeWords,
  unreadWords,
} from "../words.ts";
import { countLines, hunksTable } from "./hunks.ts";
import { markup, type Markup } from "./markup.ts";

/** Up to so many lines in all, changed texts are shown unfolded. */
const OPEN_LINES = 300;
/** Files that are listed in summarised directories, in the whole page. */
const LISTED_MAX = 20_000;

interface Section {
  readonly title: string;
  readonly content: Markup;
}

/** The parts that are not empty. */
export function changeSections(diff: Diff): Section[] {
  const { blocks, packages = [], packagesUnread = [], files } = diff;
  const sections: Section[] = [];
  const add = (title: string, items: readonly Markup[]): void => {
    if (items.length > 0) sections.push({ title, content: markup`<div class="list">${items}</div>` });
  };
  add("Disks and filesystems", blocks.map(blockItem));
  add("Packages", [...packages.map(packageItem), ...packagesUnread.map(unreadItem)]);
  add("Files", fileItems(files));
  return sections;
}

function fileItems(files: readonly FileChange[]): Markup[] {
  const open = files.reduce((sum, { text }) => sum + countLines(text), 0) <= OPEN_LINES;
  let listed = 0;
  const item = (group: FileGroup): Markup => {
    if (group.kind === "file") return fileItem(group.file, open);
    listed += group.files.length;
    return directoryItem(group, listed <= LISTED_MAX);
  };
  return summarizeFiles(files).map(item);
}

function row(change: FileChangeKind, name: string, details: string): Markup {
  return markup`<span class="sign" title="${change}">${SIGN[change]}</span><span class="name"><code>${name}</code></span><span class="details">${details}</span>`;
}

function blockItem(block: BlockChange): Markup {
  const { kind, name, change, fields } = block;
  const head = row(change, name, kindWords(kind));
  if (fields.length === 0) return markup`<div class="item row ${change}">${head}</div>\n`;
  const rows = fields.map((field) => markup`<div>${fieldRow(field, change)}</div>`);
  return markup`<details class="item ${change}"><summary class="row">${head}<span class="more">${fieldsWords(block)}</span></summary><div class="body"><dl>${rows}</dl></div></details>\n`;
}

function fieldRow({ name, before, after }: FieldChange, change: BlockChange["change"]): Markup {
  if (change !== "changed") return markup`<dt>${name}</dt><dd>${after ?? before ?? ""}</dd>`;
  return markup`<dt>${name}</dt><dd><del>${before ?? "(none)"}</del> <ins>${after ?? "(none)"}</ins></dd>`;
}

function packageItem(one: PackageChange): Markup {
  const change = packageChange(one);
  return markup`<div class="item row ${change}">${row(change, oneLine(one.name), packageVersion(one))}</div>\n`;
}

function unreadItem(one: UnreadPackages): Markup {
  return markup`<div class="item row changed">${row("changed", oneLine(one.path), unreadWords(one))}</div>\n`;
}

function fileItem(file: FileChange, open: boolean): Markup {
  const head = row(file.change, fileName(file), fileDetails(file));
  const note = contentNote(file);
  const body =
    file.text === undefined || note !== undefined ? noteOf(note) : markup`${treeList(file)}${hunksTable(file.text)}`;
  const digests = digestRows(file);
  if (body === undefined && digests.length === 0) {
    return markup`<div class="item row file ${file.change}">${head}</div>\n`;
  }
  const state = open && file.text !== undefined ? markup` open` : "";
  return markup`<details class="item file ${file.change}"${state}><summary class="row">${head}</summary><div class="body">${body ?? ""}${digests.length === 0 ? "" : markup`<dl>${digests}</dl>`}</div></details>\n`;
}

function noteOf(note: string | undefined): Markup | undefined {
  return note === undefined ? undefined : markup`<p class="note">${note}</p>`;
}

/** What an edit through Augeas meant. */
function treeList({ tree = [] }: FileChange): Markup | "" {
  if (tree.length === 0) return "";
  return markup`<ul class="tree">${tree.map((change) => markup`<li><code>${treeWords(change)}</code></li>`)}</ul>`;
}

/** Whole digests, for who wants to compare them. */
function digestRows({ before, after, textOmitted }: FileChange): Markup[] {
  if (textOmitted === undefined) return [];
  return Object.entries({ before, after }).flatMap(([when, state]) =>
    state?.sha256 === undefined ? [] : [markup`<div><dt>sha256 ${when}</dt><dd>${state.sha256}</dd></div>`],
  );
}

function directoryItem(group: DirectorySummary, listed: boolean): Markup {
  const change = groupChange(group);
  const path = group.path === "/" ? "/" : `${oneLine(group.path)}/`;
  const head = row(change, path, groupCounts(group));
  const list = listed
    ? markup`<div class="list inner">${group.files.map((file) => fileItem(file, false))}</div>`
    : markup`<p class="note">${count(group.files.length)} files are not listed here; the plan's JSON has them.</p>`;
  return markup`<details class="group ${change}"><summary class="row">${head}</summary><div class="body">${list}</div></details>\n`;
}
