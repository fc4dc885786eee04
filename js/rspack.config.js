const path = require('node:path');

const { rspack } = require('@rspack/core');

module.exports = {
  // Module ids that do not depend on where the checkout lies: the built files are committed, and two builds of
  // the same sources have to be the same bytes.
  optimization: {
    moduleIds: 'natural',
    chunkIds: 'natural',
    // Shorter than by default: more passes, and arrows for functions, none of which is called with `new`.
    minimizer: [
      new rspack.SwcJsMinimizerRspackPlugin({
        minimizerOptions: {
          ecma: 2022,
          compress: { ecma: 2022, passes: 4, unsafe_arrows: true },
          mangle: true,
          format: { comments: false, ecma: 2022 }
        }
      })
    ]
  },
  module: {
    rules: [
      // Elements are made by names of the bundle (see src/jsx-runtime.ts).
      {
        test: /[\\/]lib[\\/].*\.js$/,
        exclude: path.resolve(__dirname, 'lib/jsx-runtime.js'),
        resolve: {
          alias: { 'react/jsx-runtime$': path.resolve(__dirname, 'lib/jsx-runtime.js') }
        }
      },
      // The styles are a part of the script, which is to stay small.
      {
        test: /\.css$/,
        enforce: 'pre',
        loader: 'builtin:lightningcss-loader',
        options: { minify: true, targets: 'chrome >= 120, firefox >= 120, safari >= 17' }
      }
    ]
  }
};
