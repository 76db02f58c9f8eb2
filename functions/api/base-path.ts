/** Stage and base path of the API (design §5): every URL of ours ends in it; locally it may be left out. */
export const BASE_PATH = '/marathon';
