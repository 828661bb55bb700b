import { readFileSync } from 'node:fs';
import {
  type Approvable,
  type ApprovalDecision,
  type Db,
  dayOf,
  findForUpdate,
  isUuid,
  refuse as kitRefuse,
  openApproval,
  settleApproval,
  type Tx,
  transact,
} from '@client-graph/kit';
import { z } from 'zod';
import { CampaignRow, type LeadRow, MaterialRow } from '../entities.js';
import type { DecideMaterialInput, ProposeMaterialInput } from '../generated/resolvers.js';
import { checkedMaterial, checkUse, refuse } from './materials.rules.js';

const Banned = z.object({ phrases: z.array(z.string().min(1)), negations: z.array(z.string().min(1)) });

/** The phrases that no material may contain, a table of the firm's. */
const banned = Banned.parse(
  JSON.parse(readFileSync(new URL('../../data/banned-phrases.json', import.meta.url), 'utf8')),
);

/** Materials: each is proposed by one person and approved by another. */
export const MATERIALS: Approvable = {
  action: 'MATERIAL',
  scope: 'materials:approve',
  days: 30,
  lapse: async (tx, id) => {
    const material = await findForUpdate(tx, MaterialRow, id);
    await tx.update(MaterialRow, material, { status: 'EXPIRED', decidedAt: tx.now });
  },
};

const payloadOf = ({ campaignId, title, body, isPrivateFund, validTo }: MaterialRow) => ({
  campaignId,
  title,
  body,
  isPrivateFund,
  validTo,
});

export const proposeMaterial = (db: Db, input: ProposeMaterialInput): Promise<MaterialRow> =>
  transact(db, (tx) =>
    tx.once('proposeMaterial', input, MaterialRow, async (id) => {
      const campaign = isUuid(input.campaignId)
        ? await tx.findOne(CampaignRow, { id: input.campaignId })
        : null;
      if (campaign === null) throw kitRefuse('NOT_FOUND');
      if (tx.actor.id === null) throw kitRefuse('UNAUTHENTICATED');
      const { isPrivateFund, validTo = null } = input;
      const words = checkedMaterial({ ...input, validTo }, banned, dayOf(tx.now));
      const material: MaterialRow = {
        id,
        campaignId: campaign.id,
        ...words,
        isPrivateFund,
        status: 'PENDING',
        makerId: tx.actor.id,
        checkerId: null,
        proposedAt: tx.now,
        decidedAt: null,
        version: 1,
      };
      await openApproval(tx, MATERIALS, {
        subject: `material ${id}`,
        targetId: id,
        payload: payloadOf(material),
      });
      return tx.insert(MaterialRow, material);
    }),
  );

/** Approves, rejects or withdraws a material; once approved its words do not change. */
export const decideMaterial = (
  db: Db,
  decision: ApprovalDecision,
  input: DecideMaterialInput,
): Promise<MaterialRow> =>
  transact(db, async (tx) => {
    const material = await findForUpdate(tx, MaterialRow, input.materialId, input.expectedVersion);
    const { checkerId } = await settleApproval(tx, MATERIALS, decision, {
      targetId: material.id,
      payload: payloadOf(material),
    });
    return tx.update(MaterialRow, material, { status: decision, checkerId, decidedAt: tx.now });
  });

/** The id of the material that a person is shown, if one is named and may be shown to them. */
export async function materialFor(
  tx: Tx,
  lead: LeadRow,
  materialId: string | null | undefined,
): Promise<string | null> {
  if (materialId === null || materialId === undefined) return null;
  const material = isUuid(materialId) ? await tx.findOne(MaterialRow, { id: materialId }) : null;
  if (material === null) throw refuse('MATERIAL_UNKNOWN');
  checkUse(material, lead, dayOf(tx.now));
  return material.id;
}
