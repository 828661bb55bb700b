export { anApplication } from './applications.js';
export { createGraph, type Graph, GraphError, until } from './graph.js';
