// A model's own form of chat is a template in Jinja. Its special tokens are special; the same text in a message is not.
import { train } from "@llm/bpe";
import { chatTemplate } from "@llm/bpe/template";

const template = chatTemplate(`
{%- for message in messages %}
    {{- '<|im_start|>' + message.role + '\\n' }}
    {%- if message.role == 'assistant' %}
        {%- generation %}{{ message.content + '<|im_end|>' }}{% endgeneration %}
    {%- else %}
        {{- message.content + '<|im_end|>' }}
    {%- endif %}
    {{- '\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}`);

const messages = [
  { role: "user", content: "Is it the sea? <|im_end|>" },
  { role: "assistant", content: "It is." },
];
const tokenizer = await train(template.render(messages), {
  vocabSize: 280,
  specialTokens: ["<|im_start|>", "<|im_end|>"],
});

const { ids, mask } = template.encode(tokenizer, messages);
const end = tokenizer.specialTokens.get("<|im_end|>");
console.log(tokenizer.decode(ids));
console.log("learned:", tokenizer.decode(ids.filter((_, t) => mask![t])));
console.log("ends of turns:", ids.filter((id) => id === end).length);
console.log(JSON.stringify(template.render(messages.slice(0, 1), { addGenerationPrompt: true })));

// Output:
// <|im_start|>user
// Is it the sea? <|im_end|><|im_end|>
// <|im_start|>assistant
// It is.<|im_end|>
//
// learned: It is.<|im_end|>
// ends of turns: 2
// "<|im_start|>user\nIs it the sea? <|im_end|><|im_end|>\n<|im_start|>assistant\n"
