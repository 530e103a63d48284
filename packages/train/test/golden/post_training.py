"""Makes post-training.json: losses and gradients of policies, preferences and rewards by PyTorch's autograd, in float64.

    pip install torch transformers safetensors
    python post_training.py

The model is @llm/gpt's golden one. The formulas are written down as the papers have them: REINFORCE (Williams, 1992), PPO's clipped
ratio (Schulman et al., 2017) with advantages by group, GRPO (2402.03300), DAPO (2503.14476), Dr. GRPO (2503.20783), DPO (2305.18290),
IPO (2310.12036), and the pairwise loss of reward models with a penalty on their sum.
"""
import json
from pathlib import Path

import torch
from transformers import GPT2LMHeadModel

here = Path(__file__).parent
V, GROUPS, SAMPLES, MAX_TOKENS, EPS = 29, 2, 3, 8, 1e-4
torch.manual_seed(3)


def load() -> GPT2LMHeadModel:
    return GPT2LMHeadModel.from_pretrained(here / "../../../gpt/test/golden/tanh").double().eval()


model = load()
reference = load()  # near the model, not the same
with torch.no_grad():
    for p in reference.parameters():
        flat = p.view(-1)
        flat += 0.05 * torch.sin(torch.arange(flat.numel(), dtype=torch.float64))


def logprobs(of, ids, temperature=1.0):
    """log p of ids[1:], each after those before it."""
    logits = of(torch.tensor([ids[:-1]])).logits[0] / temperature
    return torch.log_softmax(logits, -1).gather(1, torch.tensor(ids[1:]).unsqueeze(1)).squeeze(1)


def gradient(loss):
    """Of each parameter: the norm of its gradient, and its product with cos(0), cos(1), ..."""
    model.zero_grad()
    loss.backward()
    found = {}
    for name, p in model.named_parameters():
        grad = torch.zeros_like(p) if p.grad is None else p.grad
        flat = grad.flatten()
        probe = torch.cos(torch.arange(flat.numel(), dtype=torch.float64))
        found[name.removeprefix("transformer.")] = [flat.norm().item(), (flat * probe).sum().item()]
    return found


# Policies
texts = []
for group in range(GROUPS):
    prompt = torch.randint(0, V, (2 + group,)).tolist()
    for sample in range(SAMPLES):
        ids = torch.randint(0, V, (3 + 2 * sample - group,)).tolist()
        forced = [0] * len(ids)
        if sample == 2:
            forced[1] = forced[2] = 1
        texts.append({"prompt": prompt, "ids": ids, "forced": forced})
rewards = torch.tensor([1.0, 0.0, 0.25, 0.0, 0.5, 0.5], dtype=torch.float64)
for text in texts:
    with torch.no_grad():
        now = logprobs(model, text["prompt"] + text["ids"])[len(text["prompt"]) - 1 :]
    text["old"] = (now + 0.3 * torch.randn(len(now), dtype=torch.float64)).tolist()
    text["reference"] = (now + 0.5 * torch.randn(len(now), dtype=torch.float64)).tolist()


def policy(normalize, scale="none", clip=None, kl=0.0, temperature=1.0):
    groups = rewards.view(GROUPS, SAMPLES)
    advantages = groups - groups.mean(1, keepdim=True)
    if scale == "group":
        advantages = advantages / (groups.std(1, keepdim=True) + EPS)
    advantages = advantages.view(-1)
    sums, counts = [], []
    for text, advantage in zip(texts, advantages):
        drawn = 1 - torch.tensor(text["forced"], dtype=torch.float64)
        own = logprobs(model, text["prompt"] + text["ids"], temperature)[len(text["prompt"]) - 1 :]
        if clip:
            ratio = torch.exp(own - torch.tensor(text["old"], dtype=torch.float64))
            bounded = torch.clamp(ratio, 1 - clip[0], 1 + clip[1])
            loss = -torch.min(ratio * advantage, bounded * advantage)
        else:
            loss = -advantage * own
        if kl:
            gap = torch.tensor(text["reference"], dtype=torch.float64) - own
            loss = loss + kl * (torch.exp(gap) - gap - 1)
        sums.append((loss * drawn).sum())
        counts.append(drawn.sum())
    sums, counts = torch.stack(sums), torch.stack(counts)
    loss = {
        "tokens": lambda: sums.sum() / counts.sum(),
        "group": lambda: (sums.view(GROUPS, SAMPLES).sum(1) / counts.view(GROUPS, SAMPLES).sum(1)).mean(),
        "sequence": lambda: (sums / counts).mean(),
        "constant": lambda: (sums / MAX_TOKENS).mean(),
    }[normalize]()
    return loss


policies = []
for normalize in ["tokens", "group", "sequence", "constant"]:
    for options in [{}, {"scale": "group", "clip": [0.2, 0.28], "kl": 0.05}]:
        loss = policy(normalize, **options)
        policies.append({"normalize": normalize, **options, "loss": loss.item(), "gradient": gradient(loss)})
loss = policy("tokens", temperature=0.7)
policies.append({"normalize": "tokens", "temperature": 0.7, "loss": loss.item(), "gradient": gradient(loss)})

# Preferences
pairs = [
    {"prompt": torch.randint(0, V, (3,)).tolist(), "chosen": torch.randint(0, V, (a,)).tolist(),
     "rejected": torch.randint(0, V, (b,)).tolist()}
    for a, b in [(4, 2), (3, 5), (1, 1)]
]


def answer(of, pair, which):
    return logprobs(of, pair["prompt"] + pair[which])[len(pair["prompt"]) - 1 :].sum()


preferences = []
for kind in ["sigmoid", "ipo"]:
    losses = []
    for pair in pairs:
        with torch.no_grad():
            base = answer(reference, pair, "chosen") - answer(reference, pair, "rejected")
        gap = answer(model, pair, "chosen") - answer(model, pair, "rejected") - base
        losses.append(-torch.nn.functional.logsigmoid(0.1 * gap) if kind == "sigmoid" else (gap - 1 / 0.2) ** 2)
    loss = torch.stack(losses).mean()
    preferences.append({"loss": loss.item(), "kind": kind, "gradient": gradient(loss)})

# Rewards
C = model.config.n_embd
head = (0.3 * torch.cos(torch.arange(C, dtype=torch.float64))).requires_grad_()


def score(pair, which):
    hidden = model.transformer(torch.tensor([pair["prompt"] + pair[which]])).last_hidden_state
    return hidden[0, -1] @ head


scores = [(score(pair, "chosen"), score(pair, "rejected")) for pair in pairs]
loss = torch.stack([-torch.nn.functional.logsigmoid(a - b) + 0.01 * (a + b) ** 2 for a, b in scores]).mean()
found = gradient(loss)
probe = torch.cos(torch.arange(C, dtype=torch.float64))
found["score"] = [head.grad.norm().item(), (head.grad * probe).sum().item()]
judge = {"loss": loss.item(), "scores": [[a.item(), b.item()] for a, b in scores], "gradient": found}

golden = {
    "texts": texts, "rewards": rewards.tolist(), "policies": policies,
    "pairs": pairs, "preferences": preferences, "judge": judge,
}
text = json.dumps(golden)
(here / "post-training.json").write_text(text + "\n")
print(len(text))
