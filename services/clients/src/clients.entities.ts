import { sealed } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Band, Client, Kind, Status } from './clients.rules.js';
import type { Standing } from './grading.rules.js';
import type { Class, Grade } from './grading-tables.rules.js';
import type { StoredInstitution } from './institutions/institutions.rules.js';
import type { Profile } from './profiles.rules.js';

@Entity('client')
export class ClientRow implements Client, Standing {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) kind: Kind;
  @Column({ type: 'text' }) status: Status;
  @Column({ type: 'text' }) class: Class;
  @Column({ type: 'text' }) grade: Grade;
  @Column({ type: 'uuid', nullable: true }) mergedInto: string | null;
  @Column({ type: 'uuid' }) adviserId: string;
  @Column({ type: 'uuid', nullable: true }) householdAdviserId: string | null;
  @Column({ type: 'uuid', array: true }) walledIds: string[];
  @Column({ type: 'boolean' }) isMarkedImportant: boolean;
  @Column({ type: 'text', nullable: true }) importantReason: string | null;
  @Column({ type: 'uuid', nullable: true }) originLeadId: string | null;
  @Column({ type: 'text' }) preferredLanguage: 'EN' | 'ZH_HANS' | 'ZH_HANT';
  @Column({ type: 'text' }) privacyNoticeVersion: string;
  @Column({ type: 'uuid', nullable: true }) identityVerificationId: string | null;
  @Column({ type: 'uuid', nullable: true }) assetSnapshotId: string | null;
  @Column({ type: 'uuid', nullable: true }) institutionFinancialsId: string | null;
  @Column({ type: 'uuid' }) gradeAssignmentId: string;
  @Column({ type: 'uuid', nullable: true }) gradeOverrideId: string | null;
  @Column({ type: 'date', nullable: true }) classBelowSince: string | null;
  @Column({ type: 'date', nullable: true }) gradeBelowSince: string | null;
  @Column({ type: 'jsonb' }) linesBelow: Record<string, string>;
  @Column({ type: 'date', nullable: true }) gradingDueOn: string | null;
  @Column({ type: 'date', nullable: true }) lastActiveOn: string | null;
  @Column({ type: 'date', nullable: true }) dormantDueOn: string | null;
  @Column({ type: 'date', nullable: true }) restrictedUntil: string | null;
  @Column({ type: 'date', nullable: true }) restrictionEndsOn: string | null;
  @Column({ type: 'date', nullable: true }) reviewDueOn: string | null;
  @Column({ type: 'text', nullable: true }) ageBand: Band | null;
  @Column({ type: 'date', nullable: true }) ageBandDueOn: string | null;
  @Column({ type: 'boolean' }) fullCivilCapacity: boolean;
  @Column({ type: 'timestamptz' }) onboardedAt: Date;
  @Column({ type: 'integer' }) version: number;
  /** No column: the profile of an earlier instant, where the client was asked for as of one. */
  past?: {
    individual: (Profile & { id: string }) | null;
    institution: StoredInstitution | null;
  };
}

@Entity('status_change')
export class StatusChangeRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text', name: 'from_status' }) from: Status;
  @Column({ type: 'text', name: 'to_status' }) to: Status;
  @Column({ type: 'text' }) reason: string;
  @Column(sealed({ subject: 'clientId', nullable: true })) evidence: string | null;
  @Column({ type: 'uuid' }) by: string;
  @Column({ type: 'timestamptz' }) at: Date;
}
