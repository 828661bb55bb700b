export { default } from './packages/config/jest.js';
