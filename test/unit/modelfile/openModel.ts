/** Opens the model that the argument names and prints the number of its tensors. */
import { openModel } from '../../../src/modelfile/open';

void openModel(process.argv[2]!).then((model) => process.stdout.write(String(model.tensors.length)));
