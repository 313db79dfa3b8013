export { isJsonObject, setOwn, withMember, without } from '../../api/meta/json.ts';
