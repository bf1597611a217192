import type { EntityView, LabelView } from "@daybook/shared/generated/contract";

/** An area of the menu with its lists. */
export interface Module {
  area: LabelView;
  entities: EntityView[];
}

/** Areas and their lists in the engine's order: what people open most stands first. */
export function modulesOf(entities: EntityView[]): Module[] {
  const modules: Module[] = [];
  for (const entity of entities) {
    const known = modules.find((module) => module.area.en === entity.area.en);
    if (known) known.entities.push(entity);
    else modules.push({ area: entity.area, entities: [entity] });
  }
  return modules;
}
