/**
 * What a foreign serializer says: a member that is null is one that is absent. Takes any parsed JSON and gives an object back
 * without its null members, anything else as it is; what is inside them is not touched.
 */
export function presentMembers(json: unknown): unknown {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return json
  return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null))
}
