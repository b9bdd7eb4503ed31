/** What a source file says of the options that it declares: the comment and the type of each, as written. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { PROJECT } from '../shared/project';

export interface Declared {
  readonly name: string;
  /** The first sentence of the comment, without its full stop; empty without a comment. */
  readonly meaning: string;
  /** Of an interface's member; empty for a value. */
  readonly type: string;
}

/**
 * The members of an interface, or of a constant that is an object, in their order.
 * @param file below the project
 */
export function declared(file: string, name: string): Declared[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(PROJECT, file), 'utf8'),
    ts.ScriptTarget.ES2022,
    true,
  );
  const members = source.statements.flatMap((statement) => membersOf(statement, name));
  if (members.length === 0) throw new Error(`${file} declares no ${name}`);
  return members.flatMap((member) => {
    if (!member.name || !ts.isIdentifier(member.name)) return [];
    const type = ts.isPropertySignature(member) && member.type ? member.type.getText(source) : '';
    return [{ name: member.name.text, meaning: meaningOf(member), type: type.replaceAll('readonly ', '') }];
  });
}

function membersOf(
  statement: ts.Statement,
  name: string,
): readonly (ts.TypeElement | ts.ObjectLiteralElement)[] {
  if (ts.isInterfaceDeclaration(statement)) return statement.name.text === name ? [...statement.members] : [];
  if (!ts.isVariableStatement(statement)) return [];
  const found = statement.declarationList.declarations.find(
    (declaration) => declaration.name.getText() === name,
  );
  const value = bare(found?.initializer);
  return value && ts.isObjectLiteralExpression(value) ? [...value.properties] : [];
}

/** The value without `as const` and `satisfies`. */
function bare(expression: ts.Expression | undefined): ts.Expression | undefined {
  return expression && (ts.isAsExpression(expression) || ts.isSatisfiesExpression(expression))
    ? bare(expression.expression)
    : expression;
}

function meaningOf(member: ts.Node): string {
  const [comment] = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc);
  const text = ts.getTextOfJSDocComment(comment?.comment) ?? '';
  const [sentence = ''] = text.replace(/\s+/g, ' ').split(/\. (?=[A-Z])/);
  return sentence.replace(/\.$/, '');
}
