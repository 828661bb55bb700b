import {
  ClientActivated,
  ClientClassified,
  ClientClosed,
  ClientClosing,
  ClientDeceased,
  ClientDormant,
  ClientErased,
  ClientGraded,
  ClientMerged,
  ClientOnboarded,
  ClientReactivated,
  ClientRestricted,
  ClientUnmerged,
  ClientUnrestricted,
  ClientUpdated,
} from '@client-graph/events';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { accessLimits } from './anomalies.js';
import type { Tx } from './db.js';
import { type Handler, handle } from './handler.js';

/**
 * What a service other than clients knows of a client, fed by events (table in `client-copy.sql`). Commands decide on it;
 * where it is missing they fail closed.
 */
@Entity('client_copy')
export class ClientCopyRow {
  @PrimaryColumn({ type: 'uuid', name: 'client_id' }) id: string;
  @Column({ type: 'uuid' }) adviserId: string;
  @Column({ type: 'text' }) kind: string;
  @Column({ type: 'text' }) status: string;
  @Column({ type: 'text' }) class: string;
  @Column({ type: 'text' }) grade: string;
  @Column({ type: 'text', nullable: true }) ageBand: string | null;
  @Column({ type: 'boolean' }) fullCivilCapacity: boolean;
  @Column({ type: 'text', nullable: true }) institutionType: string | null;
  /** The adviser of the head of the client's household, where the head stands for the client. */
  @Column({ type: 'uuid', nullable: true }) householdAdviserId?: string | null;
  /** The members of staff whom a wall keeps from the client; none when left out. */
  @Column({ type: 'uuid', array: true }) walledIds?: string[];
  /** Whether compliance treats the client as important whatever the grade; not when left out. */
  @Column({ type: 'boolean' }) isMarkedImportant?: boolean;
  @Column({ type: 'timestamptz' }) updatedAt: Date;
}

type Facts = Partial<Omit<ClientCopyRow, 'id' | 'updatedAt'>>;

const keep = (tx: Tx, clientId: string, facts: Facts) =>
  tx.manager.update(ClientCopyRow, clientId, { ...facts, updatedAt: tx.now });

type Told = {
  householdAdviserId?: string | null | undefined;
  walledIds?: string[] | undefined;
  isMarkedImportant?: boolean | undefined;
};

/** What older messages do not say is that nobody else reaches the client, nobody is kept from it, and that it is not marked. */
const factsOf = <Standing extends Told>({
  householdAdviserId = null,
  walledIds = [],
  isMarkedImportant = false,
  ...facts
}: Standing) => ({ ...facts, householdAdviserId, walledIds, isMarkedImportant });

/** Keeps the copy, and the limits of reading. Events of one client arrive in order, so the last one told is the truth. */
export const clientCopyHandlers: readonly Handler[] = [
  handle(ClientOnboarded, async (tx, { data: { clientId, originLeadId: _, ...standing } }) => {
    const facts = factsOf(standing);
    await tx.insert(ClientCopyRow, { id: clientId, status: 'ONBOARDING', ...facts, updatedAt: tx.now });
  }),
  handle(ClientUpdated, (tx, { data: { clientId, changedFieldCodes: _, version: __, ...standing } }) =>
    keep(tx, clientId, factsOf(standing)),
  ),
  ...[
    ClientActivated,
    ClientDormant,
    ClientReactivated,
    ClientUnrestricted,
    ClientClosing,
    ClientClosed,
    ClientDeceased,
  ].map((moved) => handle(moved, (tx, { data }) => keep(tx, data.clientId, { status: data.to }))),
  handle(ClientMerged, (tx, { data }) => keep(tx, data.mergedId, { status: 'MERGED' })),
  handle(ClientUnmerged, (tx, { data }) => keep(tx, data.mergedId, { status: data.to })),
  // What this service has sealed for the client is unreadable from here on; what else it does is in its own handlers.
  handle(ClientErased, async (tx, { data }) => {
    await keep(tx, data.clientId, { status: data.to });
    await tx.erase(data.clientId);
  }),
  handle(ClientRestricted, (tx, { data }) => keep(tx, data.clientId, { status: data.to })),
  handle(ClientClassified, (tx, { data }) => keep(tx, data.clientId, { class: data.to })),
  handle(ClientGraded, (tx, { data }) => keep(tx, data.clientId, { grade: data.to })),
  accessLimits,
];
