// Module ids that do not depend on where the checkout lies: the built files are committed, and two builds of
// the same sources have to be the same bytes.
module.exports = {
  optimization: { moduleIds: 'natural', chunkIds: 'natural' }
};
