import { childOf, fieldOf } from "@daybook/shared/entity/fields";
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

/**
 * The fields of a proposal in the order of the form. Who may not read them in the record reads them where
 * proposals are kept.
 */
export function linesOf(entity: EntityView, proposal: ProposalView): Line[] {
  const { standing, proposed } = proposal;
  const kept = childOf(entity, proposal.kept_in)?.fields ?? [];
  const others = kept.filter(({ name }) => fieldOf(entity, name) === undefined);
  return [...entity.fields, ...others]
    .filter(({ name }) => name in proposed || name in standing)
    .map((field) => {
      const [stands, comes] = [standing[field.name], proposed[field.name]];
      return { field, standing: stands, proposed: comes, changes: !sameCell(stands, comes) };
    });
}

/** Until when payments wait from what was approved before, while that is still to come. */
export function holdUntil(proposal: ProposalView, record: RecordView, now: Date): string | null {
  const until = record.fields[proposal.hold_until];
  return typeof until === "string" && new Date(until) > now ? until : null;
}
