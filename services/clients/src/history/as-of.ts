import { type Context, Decimal, refuse } from '@client-graph/kit';
import { z } from 'zod';
import { type ClientRow, StatusChangeRow } from '../clients.entities.js';
import { ClassAssignmentRow, GradeAssignmentRow } from '../grading.entities.js';
import { INSTITUTION_GRADES } from '../grading-tables.rules.js';
import type { StoredInstitution } from '../institutions/institutions.rules.js';
import { AdviserAssignmentRow } from '../life-cycle/life-cycle.entities.js';
import { type IndividualProfileRow, ProfileVersionRow } from '../profiles.entities.js';
import { HOME } from '../profiles.rules.js';
import { lastBy, spanAt } from './as-of.rules.js';

/** A client as it was at an instant. */
export type Then = {
  at: Date;
  status: ClientRow['status'];
  class: ClientRow['class'];
  adviserId: string;
  grade: GradeAssignmentRow;
  individual: IndividualProfileRow | null;
  institution: StoredInstitution | null;
};

/** The client at an instant, read from its histories; null before it was opened. One statement per history for any number of clients. */
export async function clientAsOf(
  ctx: Pick<Context, 'loadList'>,
  { id }: ClientRow,
  at: Date,
): Promise<Then | null> {
  const [classes, grades, advisers, statuses, profiles] = await Promise.all([
    ctx.loadList(ClassAssignmentRow, 'clientId', id),
    ctx.loadList(GradeAssignmentRow, 'clientId', id),
    ctx.loadList(AdviserAssignmentRow, 'clientId', id),
    ctx.loadList(StatusChangeRow, 'clientId', id),
    ctx.loadList(ProfileVersionRow, 'clientId', id),
  ]);
  const status = lastBy(statuses, at)?.to;
  const clientClass = spanAt(classes, at)?.class;
  const grade = spanAt(grades, at);
  const adviserId = spanAt(advisers, at)?.adviserId;
  const version = lastBy(profiles, at);
  if (!status || !clientClass || !grade || !adviserId || !version) return null;
  const isInstitution = INSTITUTION_GRADES.some((code) => code === grade.grade);
  return {
    at,
    status,
    class: clientClass,
    grade,
    adviserId,
    individual: isInstitution ? null : Person.parse({ ...version.profile, id }),
    institution: isInstitution ? Organisation.parse({ ...version.profile, id }) : null,
  };
}

/** The client as it was: status, class, grade, adviser and profile of then, all else of today. Refuses NOT_FOUND before it was opened. */
export async function clientBackThen(
  ctx: Pick<Context, 'loadList'>,
  client: ClientRow,
  at: Date,
): Promise<ClientRow> {
  const then = await clientAsOf(ctx, client, at);
  if (then === null) throw refuse('NOT_FOUND');
  const { status, class: clientClass, adviserId, grade, individual, institution } = then;
  const assigned = { grade: grade.grade, gradeAssignmentId: grade.id };
  return { ...client, status, class: clientClass, adviserId, ...assigned, past: { individual, institution } };
}

const text = z.string();
const Person = z.object({
  id: text,
  name: text,
  gender: z.enum(['FEMALE', 'MALE']).nullable(),
  dateOfBirth: text,
  occupation: text,
  // What was written before these were asked says nothing of them.
  employment: z
    .enum(['EMPLOYED', 'SELF_EMPLOYED', 'RETIRED', 'STUDENT', 'HOMEMAKER', 'UNEMPLOYED'])
    .nullable()
    .default(null),
  address: text,
  addressCountry: text.default(HOME),
  annualIncome: text.transform((amount) => new Decimal(amount)),
  annualIncomeCurrency: text,
  investmentYears: z.int(),
  experienceKinds: z.array(
    z.enum(['DEPOSITS', 'WEALTH_PRODUCTS', 'BONDS', 'EQUITIES', 'PRIVATE_FUNDS', 'DERIVATIVES', 'INSURANCE']),
  ),
  mobile: text,
  email: text.nullable(),
  birthdayCalendar: z.enum(['SOLAR', 'LUNAR']),
  lunarMonth: z.int().nullable(),
  lunarDay: z.int().nullable(),
  lunarLeap: z.boolean().nullable(),
  taxResidency: text,
  civilCapacity: z.enum(['FULL', 'LIMITED', 'NONE']),
});
const Organisation = z.object({
  id: text,
  legalName: text,
  uscc: text,
  institutionType: z.enum(['ENTERPRISE', 'FINANCIAL_INSTITUTION', 'GOVERNMENT_PUBLIC']),
  legalRepresentative: text,
  businessScope: text,
  investmentNeeds: text,
  contactName: text,
  phone: text,
  email: text.nullable(),
  address: text,
});
