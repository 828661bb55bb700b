import type { ApolloServerPlugin } from '@apollo/server';
import type { Context } from './context.js';

/** For Apollo Server: what a request has read is written down before its answer is sent; where that fails, no value is sent. */
export const recordingReads = (onFault: (error: unknown) => void): ApolloServerPlugin<Context> => ({
  requestDidStart: async () => ({
    willSendResponse: async ({ contextValue, response }) => {
      try {
        await contextValue.recordReads();
      } catch (error) {
        onFault(error);
        response.body = { kind: 'single', singleResult: { data: null, errors: [UNRECORDED] } };
      }
    },
  }),
});

const UNRECORDED = {
  message: 'Something went wrong on our side; it has been logged.',
  extensions: { code: 'INTERNAL_SERVER_ERROR' },
};
