import { decimal } from '@client-graph/kit';
import type { Decimal } from '@client-graph/kit/decimal';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type {
  BirthdayCalendar,
  CivilCapacity,
  Employment,
  ExperienceKind,
  Gender,
  IdType,
  Profile,
  VerificationMethod,
} from './profiles.rules.js';

/** A person; its id is the client's. */
@Entity('individual_profile')
export class IndividualProfileRow implements Profile {
  @PrimaryColumn({ type: 'uuid', name: 'client_id' }) id: string;
  @Column({ type: 'text' }) name: string;
  @Column({ type: 'text', nullable: true }) gender: Gender | null;
  @Column({ type: 'date' }) dateOfBirth: string;
  @Column({ type: 'text' }) occupation: string;
  @Column({ type: 'text', nullable: true }) employment: Employment | null;
  @Column({ type: 'text' }) address: string;
  @Column({ type: 'text' }) addressCountry: string;
  @Column(decimal) annualIncome: Decimal;
  @Column({ type: 'text' }) annualIncomeCurrency: string;
  @Column({ type: 'integer' }) investmentYears: number;
  @Column({ type: 'text', array: true }) experienceKinds: ExperienceKind[];
  @Column({ type: 'text' }) mobile: string;
  @Column({ type: 'text', nullable: true }) email: string | null;
  @Column({ type: 'text' }) birthdayCalendar: BirthdayCalendar;
  @Column({ type: 'integer', nullable: true }) lunarMonth: number | null;
  @Column({ type: 'integer', nullable: true }) lunarDay: number | null;
  @Column({ type: 'boolean', nullable: true }) lunarLeap: boolean | null;
  @Column({ type: 'text' }) taxResidency: string;
  @Column({ type: 'text' }) civilCapacity: CivilCapacity;
}

/** An identity document; its id is the client's. The sealed number is not selected unless asked for by name. */
@Entity('id_document')
export class IdDocumentRow {
  @PrimaryColumn({ type: 'uuid', name: 'client_id' }) id: string;
  @Column({ type: 'text' }) type: IdType;
  @Column({ type: 'text', select: false }) sealedNumber: string;
  @Column({ type: 'text', select: false }) numberHash: string;
  @Column({ type: 'text' }) lastFour: string;
  @Column({ type: 'date', nullable: true }) expiresOn: string | null;
}

/** A state that a client's profile has been in, from `at` until the next. */
@Entity('profile_version')
export class ProfileVersionRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'jsonb' }) profile: object;
  @Column({ type: 'text', array: true }) changed: string[];
  @Column({ type: 'uuid' }) by: string;
  @Column({ type: 'timestamptz' }) at: Date;
}

@Entity('identity_verification')
export class IdentityVerificationRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) method: VerificationMethod;
  @Column({ type: 'text' }) evidenceReference: string;
  @Column({ type: 'uuid' }) verifiedBy: string;
  @Column({ type: 'timestamptz' }) verifiedAt: Date;
}
