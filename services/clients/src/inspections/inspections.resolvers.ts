import { dayOf, reaches } from '@client-graph/kit';
import { ClientRow } from '../clients.entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import {
  assignFinding,
  finishRectification,
  judgeRectification,
  listFindings,
  mayKnow,
  planRectification,
  raiseFinding,
} from './findings.js';
import { isLate } from './findings.rules.js';
import {
  FindingRow,
  InspectionAnswerRow,
  InspectionRow,
  InspectionSampleRow,
  InspectionTemplateRow,
  RectificationRow,
} from './inspections.entities.js';
import {
  answerStep,
  beginFieldwork,
  closeInspection,
  declineInspection,
  issueFindings,
  listInspections,
  openInspection,
  verifyInspection,
} from './inspections.js';
import { overviewOf } from './overview.js';
import { drawSample, redrawSample } from './samples.js';
import { recordStaffClient } from './staff-clients.js';
import { checkWords } from './supervision-words.rules.js';
import { templatesInForce } from './templates.js';

export const inspectionResolvers = {
  Query: {
    inspection: (_, { id }, ctx) => ctx.load(InspectionRow, id),
    inspections: (_, args, ctx) => listInspections(ctx.db, args),
    inspectionTemplates: (_, __, ctx) => templatesInForce(ctx.db),
    redrawnSample: (_, { sampleId }, ctx) => redrawSample(ctx.db, sampleId),
    finding: async (_, { id }, ctx) => {
      const finding = await ctx.load(FindingRow, id);
      return finding !== null && mayKnow(ctx, finding) ? finding : null;
    },
    findings: (_, args, ctx) => listFindings(ctx.db, args),
    supervision: (_, __, ctx) => overviewOf(ctx.db),
  },
  Mutation: {
    openInspection: (_, { input }, ctx) => openInspection(ctx.db, input),
    beginFieldwork: (_, { input }, ctx) => beginFieldwork(ctx.db, input),
    drawSample: (_, { input }, ctx) => drawSample(ctx.db, input),
    answerStep: (_, { input }, ctx) => answerStep(ctx.db, input),
    raiseFinding: (_, { input }, ctx) => raiseFinding(ctx.db, input),
    issueFindings: (_, { input }, ctx) => issueFindings(ctx.db, input),
    assignFinding: (_, { input }, ctx) => assignFinding(ctx.db, input),
    planRectification: (_, { input }, ctx) => planRectification(ctx.db, input),
    finishRectification: (_, { input }, ctx) => finishRectification(ctx.db, input),
    judgeRectification: (_, { input }, ctx) => judgeRectification(ctx.db, input),
    verifyInspection: (_, { input }, ctx) => verifyInspection(ctx.db, input),
    declineInspection: (_, { input }, ctx) => declineInspection(ctx.db, input),
    closeInspection: (_, { input }, ctx) => closeInspection(ctx.db, input),
    recordStaffClient: (_, { input }, ctx) => recordStaffClient(ctx.db, input),
  },
  InspectionTemplate: {
    label: ({ content }, { locale }) => content.label[locale],
    period: ({ content }) => content.period,
    dueDays: ({ content }) => content.dueDays,
    steps: ({ content }) => content.steps,
  },
  InspectionStep: { text: ({ text }, { locale }) => text[locale] },
  Inspection: {
    templateUsed: ({ templateId }, _, ctx) => ctx.load(InspectionTemplateRow, templateId),
    answers: ({ id }, _, ctx) => ctx.loadList(InspectionAnswerRow, 'inspectionId', id),
    samples: ({ id }, _, ctx) => ctx.loadList(InspectionSampleRow, 'inspectionId', id),
    findings: ({ id }, args, ctx) => ctx.loadPage(FindingRow, 'inspectionId', id, args),
  },
  InspectionSample: {
    clients: ({ query }) => (query.of === 'CLIENTS' ? query : null),
    items: ({ query }) => (query.of === 'ITEMS' ? query : null),
  },
  Finding: {
    stepLabel: async ({ step, inspectionId }, { locale }, ctx) => {
      const check = checkWords(step);
      if (check !== null) return check[locale];
      const inspection = await ctx.load(InspectionRow, inspectionId);
      const template = await ctx.load(InspectionTemplateRow, inspection?.templateId ?? '');
      return template?.content.steps.find(({ code }) => code === step)?.text[locale] ?? step;
    },
    client: async ({ clientId }, _, ctx) => {
      const client = clientId === null ? null : await ctx.load(ClientRow, clientId);
      return client !== null && reaches(ctx.actor, client) ? client : null;
    },
    isLate: (finding, _, ctx) => isLate(finding, dayOf(ctx.db.now())),
    attempts: ({ id }, _, ctx) => ctx.loadList(RectificationRow, 'findingId', id),
  },
  Supervision: {
    dueFindings: (_, args, ctx) => listFindings(ctx.db, { ...args, isLate: true }),
  },
} satisfies Resolvers;
