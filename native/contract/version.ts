export { version as orthantVersion } from '../../package.json';
