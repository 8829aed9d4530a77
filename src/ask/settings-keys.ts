/** Which experiments have equal settings, told by short texts. Pure. */

import type { Hyperparameter } from '../experiment.js';

/** A setting with its values as a short text, and the place of its name among all; -1 where it only tells repeats apart. */
interface Token {
  readonly text: string;
  readonly order: number;
}

const ofRepeats: Token = { text: '', order: -1 };

/** Gives the same text for settings that are the same but for `repeatKeys`, in whatever order they stand; '' without any other. */
export function settingsKeys(repeatKeys: readonly string[]): (settings: readonly Hyperparameter[]) => string {
  const tokens = new Map<string, Token>();
  const orders = new Map<string, number>();
  // Experiments of a sweep have the same few settings, often as the same objects.
  const known = new Map<Hyperparameter, Token>();
  const tokenOf = (setting: Hyperparameter): Token => {
    const before = known.get(setting);
    if (before) return before;
    const token = repeatKeys.includes(setting.name) ? ofRepeats : newTokenOf(setting);
    known.set(setting, token);
    return token;
  };
  const newTokenOf = ({ name, values }: Hyperparameter): Token => {
    const text = [name, ...values].join('\u0001');
    const order = orders.get(name) ?? orders.size;
    orders.set(name, order);
    const token = tokens.get(text) ?? { text: `,${tokens.size}`, order };
    tokens.set(text, token);
    return token;
  };
  return (settings) => {
    let text = '';
    let last = -1;
    let isInOrder = true;
    for (const setting of settings) {
      const token = tokenOf(setting);
      if (token.order < 0) continue;
      isInOrder &&= token.order >= last;
      last = token.order;
      text += token.text;
    }
    return isInOrder ? text : inOrder(settings.map(tokenOf));
  };
}

function inOrder(tokens: readonly Token[]): string {
  return tokens
    .filter(({ order }) => order >= 0)
    .sort((a, b) => a.order - b.order)
    .map(({ text }) => text)
    .join('');
}
