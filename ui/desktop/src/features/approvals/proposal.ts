import { fieldOf } from "@daybook/shared/entity/fields";
import { sameCell } from "@daybook/shared/format/cell";
import type {
  Cell,
  EntityView,
  FieldView,
  ProposalView,
  RecordView,
} from "@daybook/shared/generated/contract";

/** Whether it waits for this very person; taking back one's own is no duty of anybody. */
export function isMine(proposal: ProposalView): boolean {
  return proposal.may_approve || (proposal.may_refuse && !proposal.own);
}

/** One field of a proposal beside what stands; a side that this person may not read is absent. */
export interface Line {
  field: FieldView;
  standing: Cell | undefined;
  proposed: Cell | undefined;
  changes: boolean;
}

/** The fields of a proposal in the order of the form. */
export function linesOf(entity: EntityView, { standing, proposed }: ProposalView): Line[] {
  return entity.fields
    .filter(({ name }) => name in proposed || name in standing)
    .map((field) => {
      const [stands, comes] = [standing[field.name], proposed[field.name]];
      return { field, standing: stands, proposed: comes, changes: !sameCell(stands, comes) };
    });
}

/**
 * Until when the effect of what was approved before waits, while that is still to come. The declaration
 * keeps that moment with the fields it is about: it is the one of their section that nobody writes.
 */
export function holdUntil(
  entity: EntityView,
  proposal: ProposalView,
  record: RecordView,
  now: Date,
): string | null {
  const names = [...Object.keys(proposal.proposed), ...Object.keys(proposal.standing)];
  const sections = new Set(names.map((name) => fieldOf(entity, name)?.section.en));
  const kept = entity.fields.filter(
    ({ kind, writable, section }) =>
      kind.type === "instant" && !writable && sections.has(section.en),
  );
  const moments = kept
    .map(({ name }) => record.fields[name])
    .filter((at) => typeof at === "string");
  return moments.find((at) => new Date(at) > now) ?? null;
}
