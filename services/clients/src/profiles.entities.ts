import { sealed } from '@client-graph/kit';
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
  @Column(sealed({ subject: 'id' })) name: string;
  @Column(sealed({ subject: 'id', nullable: true })) gender: Gender | null;
  @Column(sealed({ subject: 'id' })) dateOfBirth: string;
  @Column(sealed({ subject: 'id' })) occupation: string;
  @Column(sealed({ subject: 'id', nullable: true })) employment: Employment | null;
  @Column(sealed({ subject: 'id' })) address: string;
  @Column(sealed({ subject: 'id' })) addressCountry: string;
  @Column(sealed({ subject: 'id', as: 'decimal' })) annualIncome: Decimal;
  @Column({ type: 'text' }) annualIncomeCurrency: string;
  @Column({ type: 'integer' }) investmentYears: number;
  @Column(sealed({ subject: 'id', as: 'json' })) experienceKinds: ExperienceKind[];
  @Column(sealed({ subject: 'id' })) mobile: string;
  @Column(sealed({ subject: 'id', nullable: true })) email: string | null;
  @Column({ type: 'text' }) birthdayCalendar: BirthdayCalendar;
  @Column(sealed({ subject: 'id', as: 'json', nullable: true })) lunarMonth: number | null;
  @Column(sealed({ subject: 'id', as: 'json', nullable: true })) lunarDay: number | null;
  @Column(sealed({ subject: 'id', as: 'json', nullable: true })) lunarLeap: boolean | null;
  @Column(sealed({ subject: 'id' })) taxResidency: string;
  @Column(sealed({ subject: 'id' })) civilCapacity: CivilCapacity;
}

/** An identity document; its id is the client's. */
@Entity('id_document')
export class IdDocumentRow {
  @PrimaryColumn({ type: 'uuid', name: 'client_id' }) id: string;
  @Column({ type: 'text' }) type: IdType;
  @Column(sealed({ subject: 'id' })) number: string;
  @Column({ type: 'text' }) numberHash: string;
  @Column(sealed({ subject: 'id' })) lastFour: string;
  @Column({ type: 'date', nullable: true }) expiresOn: string | null;
}

/** A state that a client's profile has been in, from `at` until the next. */
@Entity('profile_version')
export class ProfileVersionRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column(sealed({ subject: 'clientId', as: 'json' })) profile: object;
  @Column({ type: 'text', array: true }) changed: string[];
  @Column({ type: 'uuid' }) by: string;
  @Column({ type: 'timestamptz' }) at: Date;
}

@Entity('identity_verification')
export class IdentityVerificationRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) method: VerificationMethod;
  @Column(sealed({ subject: 'clientId' })) evidenceReference: string;
  @Column({ type: 'uuid' }) verifiedBy: string;
  @Column({ type: 'timestamptz' }) verifiedAt: Date;
}
