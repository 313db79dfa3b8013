export { sameJson } from '../../api/meta/json.ts';
