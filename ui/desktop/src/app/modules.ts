import type { EntityView, LabelView } from "@daybook/shared/generated/contract";

/** An area of the menu with its lists. */
export interface Module {
  area: LabelView;
  entities: EntityView[];
}

/** Areas in the engine's order; in each, what people work with before what that is made of. */
export function modulesOf(entities: EntityView[]): Module[] {
  const modules: Module[] = [];
  for (const entity of entities) {
    const known = modules.find((module) => module.area.en === entity.area.en);
    if (known) known.entities.push(entity);
    else modules.push({ area: entity.area, entities: [entity] });
  }
  return modules.map((module) => ({ ...module, entities: usersFirst(module.entities) }));
}

/**
 * A list stands before those its records refer to: items before their units, accounts before their
 * currencies. Otherwise, and where lists refer to each other, the given order stays.
 */
function usersFirst(entities: EntityView[]): EntityView[] {
  const left = [...entities];
  const ordered: EntityView[] = [];
  while (left.length > 0) {
    const free = left.findIndex((entity) => !left.some((other) => refersTo(other, entity)));
    ordered.push(...left.splice(Math.max(0, free), 1));
  }
  return ordered;
}

function refersTo(entity: EntityView, target: EntityView): boolean {
  if (entity.name === target.name) return false;
  const names = (fields: EntityView["fields"]) =>
    fields.some(({ kind }) => kind.type === "reference" && kind.entity === target.name);
  return names(entity.fields) || entity.children.some((child) => names(child.fields));
}
