/** The address of a file the bundler copied. */
declare module "*.geojson" {
  const address: string;
  export default address;
}
