/** Of the one container of an app's task; overrides go by it. */
export const CONTAINER_NAME = 'app';
