"""What transformers' beam search finds on toy models, whose logits are a hash of the length and the last two tokens.

pip install "transformers==5.24.0" torch, then in this folder: python make_beams.py > beams.json
"""

import json
import random

import torch
from transformers import GenerationConfig, GenerationMixin, PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import CausalLMOutput

VOCABULARY = 10


def logit(seed, row, token):
    x = seed
    for each in [len(row), *row[-2:], token]:
        x = (x * 31 + each + 1) % 1000003
        x = (x * x + 7 * x + 3) % 1000003
    return x / 1000003 * 4


class Toy(PreTrainedModel, GenerationMixin):
    config_class = PretrainedConfig

    def __init__(self, config, seed):
        super().__init__(config)
        self.one = torch.nn.Parameter(torch.zeros(1))
        self.seed = seed

    def forward(self, input_ids, **_):
        rows = [[logit(self.seed, row, id) for id in range(VOCABULARY)] for row in input_ids.tolist()]
        return CausalLMOutput(logits=torch.tensor(rows, dtype=torch.float64)[:, None, :])

    def prepare_inputs_for_generation(self, input_ids, **_):
        return {"input_ids": input_ids}


random.seed(22)
cases = []
for seed in range(200):
    options = {
        "beams": random.randint(2, 5),
        "maxTokens": random.randint(1, 12),
        "lengthPenalty": random.choice([-1.0, 0.0, 0.5, 1.0, 2.0]),
        "earlyStopping": random.choice([True, False, "never"]),
        "stopIds": random.choice([[], [0], [0, 3], [1, 2, 3]]),
    }
    prompt = [random.randrange(VOCABULARY) for _ in range(random.randint(1, 3))]
    config = PretrainedConfig(vocab_size=VOCABULARY, num_hidden_layers=1, hidden_size=1, num_attention_heads=1)
    model = Toy(config, seed)
    result = model.generate(
        torch.tensor([prompt]),
        generation_config=GenerationConfig(
            num_beams=options["beams"],
            num_return_sequences=options["beams"],
            max_new_tokens=options["maxTokens"],
            length_penalty=options["lengthPenalty"],
            early_stopping=options["earlyStopping"],
            eos_token_id=options["stopIds"] or None,
            pad_token_id=VOCABULARY + 1,
            do_sample=False,
            use_cache=False,
            return_dict_in_generate=True,
            output_scores=True,
        ),
    )
    found = []
    for row, score in zip(result.sequences.tolist(), result.sequences_scores.tolist()):
        if score < -1e8:
            continue  # a place that no finished text took
        found.append([[id for id in row[len(prompt) :] if id < VOCABULARY], round(score, 5)])
    cases.append([seed, prompt, options, found])
print("[" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "]")
