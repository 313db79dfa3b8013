export { isJsonObject, setOwn } from '../../api/meta/json.ts';
