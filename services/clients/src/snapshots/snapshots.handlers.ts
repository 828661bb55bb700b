import {
  AssessmentExpired,
  AssessmentInvalidated,
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
  type EventDefinition,
  MembershipTierChanged,
  RiskProfileChanged,
} from '@client-graph/events';
import { type Handler, handle } from '@client-graph/kit';
import { refreshSnapshot, takeTier } from './snapshots.js';

const moves = <Data extends { clientId: string }>(definition: EventDefinition<Data>): Handler =>
  handle(definition, (tx, { data }) => refreshSnapshot(tx, data.clientId));

/** Whatever changes what analytics may know of a client. */
export const snapshotHandlers: readonly Handler[] = [
  moves(ClientOnboarded),
  moves(ClientActivated),
  moves(ClientUpdated),
  moves(ClientClassified),
  moves(ClientGraded),
  moves(ClientDormant),
  moves(ClientReactivated),
  moves(ClientRestricted),
  moves(ClientUnrestricted),
  moves(ClientClosing),
  moves(ClientClosed),
  moves(ClientDeceased),
  moves(ClientErased),
  handle(ClientMerged, (tx, { data }) => refreshSnapshot(tx, data.mergedId)),
  handle(ClientUnmerged, (tx, { data }) => refreshSnapshot(tx, data.mergedId)),
  moves(RiskProfileChanged),
  moves(AssessmentExpired),
  moves(AssessmentInvalidated),
  handle(MembershipTierChanged, (tx, { data }) => takeTier(tx, data.clientId, data.to)),
];
