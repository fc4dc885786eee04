module.exports = {
  // Module ids that do not depend on where the checkout lies: the built files are committed, and two builds of
  // the same sources have to be the same bytes.
  optimization: { moduleIds: 'natural', chunkIds: 'natural' },
  // The styles are a part of the script, which is to stay small.
  module: {
    rules: [
      {
        test: /\.css$/,
        enforce: 'pre',
        loader: 'builtin:lightningcss-loader',
        options: { minify: true, targets: 'chrome >= 120, firefox >= 120, safari >= 17' }
      }
    ]
  }
};
