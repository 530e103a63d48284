"""What Python's Jinja makes of some hundred templates, in the environment that transformers sets up. Needs transformers (written
with 5.24) and jinja2 (3.1.6):

    python expressions.py > expressions.json

An entry is a template and what it renders to, or null where Python has an error. Every second one was held out: only looked at
once the others agreed.
"""

import datetime
import json

from transformers.utils.chat_template_utils import _compile_jinja_template

variables = {
    "s": "Hello, World",
    "padded": "  padded text \n",
    "lines": "line one\nline two\n\n  line four\n",
    "code": "\n    def f():\n        return 1\n",
    "n": 7,
    "neg": -7,
    "f": 3.75,
    "zero": 0,
    "t": True,
    "no": False,
    "nil": None,
    "empty": "",
    "nums": [3, 1, 2],
    "ten": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    "words": ["apple", "Banana", "cherry", "apple"],
    "nested": [[1, 2], [3, 4]],
    "floats": [1.5, 2.25, -0.5],
    "d": {"b": 2, "a": 1, "C": 3},
    "users": [
        {"name": "Ann", "age": 31, "city": "Oslo", "tags": ["x", "y"], "active": True},
        {"name": "bob", "age": 25, "city": "Rome", "tags": [], "active": False},
        {"name": "Cy", "age": 31, "city": "oslo", "tags": ["z"], "active": True, "email": None},
    ],
    "html": "<b>\"Tom\" & 'Jerry'</b>",
    "emoji": "a😀b👍🏽c",
    "uni": "naïve Straße ŒUVRE",
    "think": "<think>\nreason <b>\n</think>\n\n  answer",
    "nothing": [],
    "void": {},
    "tool": {"name": "add", "parameters": {"type": "object", "properties": {"a": {"type": "number"}}, "required": ["a"]}},
    "tree": [{"v": 1, "c": [{"v": 2, "c": []}, {"v": 3, "c": [{"v": 4, "c": []}]}]}],
}

# One expression a line.
expressions = r"""
true
[true, false, none]
['a', none, 1.0, 'it\'s', "q\"", 'both\'"']
{'a': [1, (2,), ()], 'b': {'c': none}}
(1, 2, 'x')
1.0
1e3
1.5e-7
123456789012345678901234567890
1e16
100000.0
0.1 + 0.2
1_000 + 0x1F + 0b11 + 0o17
7 / 2
6 / 3
7 // 2
-7 // 2
-7 % 3
7 % -3
7.5 % 2
-7.5 // 2
2 ** 10
2 ** -1
2 ** 3 ** 2
-2 ** 2
'a' * 3
3 * 'ab'
[0] * 3
[1] + [2, 3]
(1,) + (2,)
'a' + 1
1 + '1'
1 / 0
1 % 0
true + true
'5' == 5
1 == 1.0
true == 1
[] == []
{'a': 1} == {'a': 1.0}
(1, 2) == [1, 2]
none == false
'a' < 'b'
'Z' < 'a'
[1, 2] < [1, 3]
1 < 2 < 3
3 > 2 == 2
1 < 'a'
none < 1
'b' in 'abc'
1 in [1.0, 2]
'a' in d
'x' not in d
1 in 'abc'
not 1 == 2
1 and 2
0 or 'x'
'' or [] or none
not none and not 0
'a' ~ 1 ~ none ~ true ~ 1.0
1 ~ 2 + 3
'x' if n > 5 else 'y'
'x' if no
('x' if no) is defined
n if t else f if no else s
missing
missing.attribute
missing is defined
missing is undefined
missing or 'fallback'
missing ~ '!'
[missing]
missing + 1
missing == none
missing == other_missing
missing | length
missing | list
missing in [1]
1 in missing
-missing
d.missing is defined
d.missing.more
d['b']
d.b
d.items() | list
d.keys() | list
d.values()
d.items()
d.get('a')
d.get('zz')
d.get('zz', 'default')
tool['parameters'].required[0]
nums[0]
nums[-1]
nums[5]
nums[5] is defined
nums['a'] is defined
nums[1:]
nums[::-1]
ten[2:8:3]
ten[-3:]
ten[:-8]
ten[20:]
s[0]
s[-1]
s[100] is defined
s[::-1]
s[7:]
emoji[1]
emoji[::-1]
emoji[2:]
emoji | length
emoji.find('b')
uni | length
(1, 2, 3)[1:]
'abc'.1
nested[1][0]
nested.1.0
d[['x']] is defined
s.upper()
s.lower() + uni.upper()
s.swapcase()
uni.capitalize()
'hello wORLD it\'s'.title()
uni.casefold()
padded.strip()
'\n    code\n'.strip('\n')
'xxabcxx'.strip('x')
'xyabcyx'.lstrip('xy')
'abc...'.rstrip('.')
'\u00a0 a \u3000'.strip()
'\ufeff a'.strip()
code.strip('\n')
code.rstrip()
think.split('</think>')[-1].lstrip('\n')
think.split('</think>')[0].rstrip('\n').split('<think>')[-1].lstrip('\n')
'a,b,,c'.split(',')
'a,b,,c'.split(',', 1)
'a,b,,c'.rsplit(',', 1)
'  a  b c '.split()
'  a  b c '.split(none, 1)
'  a  b c '.rsplit(none, 1)
''.split(',')
''.split()
'abc'.split('')
'a\nb\r\nc\n'.splitlines()
'a\nb\r\nc\n'.splitlines(true)
'key=value=x'.partition('=')
'key=value=x'.rpartition('=')
'none'.partition('=')
'prefix-x'.removeprefix('prefix-')
'x.txt'.removesuffix('.txt')
'hello'.find('l')
'hello'.rfind('l')
'hello'.find('z')
'hello'.index('z')
'hello'.find('l', 3)
'hello'.count('l')
'hello'.count('')
'aaaa'.count('aa')
'hello'.startswith('he')
'hello'.startswith(('x', 'h'))
'hello'.endswith('lo', 2)
'hello'.startswith(1)
'hello'.replace('l', 'L')
'hello'.replace('l', 'L', 1)
'abc'.replace('', '-')
', '.join(words)
', '.join([1, 2])
'-'.join('abc')
'abc'.center(9, '*')
'ab'.center(5, '*')
'abc'.ljust(6, '.')
'abc'.rjust(6)
'-42'.zfill(6)
'a\tb'.expandtabs(4)
'abc'.isalpha()
'ab1'.isalnum()
'12'.isdigit()
'²'.isdigit()
'½'.isnumeric()
'12'.isdecimal()
' \t\n'.isspace()
''.isspace()
'Abc'.istitle()
'ABC1'.isupper()
'abc1'.islower()
'a_b'.isidentifier()
'é'.isascii()
'{} and {}'.format('a', 1)
'{1} {0} {name}'.format('a', 'b', name='n')
'{:>8}|{:<6}|{:^7}'.format('r', 'l', 'c')
'{:05d} {:+.2f} {:x} {:,}'.format(42, 3.14159, 255, 1234567)
'{0[a]} {0[b]}'.format(d)
'{!r}'.format('a')
'{{}} {}'.format(1)
'{:.3}'.format('abcdef')
'{:.1%}'.format(0.256)
'{:e} {:g} {:g}'.format(12345.678, 0.0001, 1e20)
'{}'.format()
'%s is %d years' % ('Ann', 31)
'%05.1f|%-5s|%5s' % (3.14159, 'ab', 'cd')
'%x %o %e %g %%' % (255, 8, 12345.678, 0.5)
'%(a)s-%(b)03d' % d
'%s' % none
'%s %s' % 'a'
'%d' % 'a'
'%r' % 'it'
'%c' % 'x'
'%s' % [1, 2]
s.nope()
s.nope is defined
s.__class__
s.__class__.__mro__
nums.append(4)
d.update({'x': 1})
d.pop('a')
nums.index(1)
nums.count(1)
nums.index(9)
d.copy()
n.bit_length()
f.is_integer()
n.real
-5 | abs
-5.5 | abs
'x' | abs
5 | attr('real')
d | attr('b') is defined
ten | batch(3) | list
ten | batch(4, 'x') | list
'hello WORLD' | capitalize
'x' | center(7) ~ '|'
nil | default('d')
nil | default('d', true)
missing | default('d')
missing | default
empty | d('e', boolean=true)
d | dictsort
d | dictsort(true)
d | dictsort(by='value')
d | dictsort(by='value', reverse=true)
d | dictsort(by='x')
html | e
html | escape | escape
html | forceescape
html | safe
('<' | safe) + '<'
('<' | safe) ~ '<'
('<b>' | e) + ' & '
'<i>' | safe | upper
1000 | filesizeformat
123456789 | filesizeformat
1 | filesizeformat
1536 | filesizeformat(true)
'x' | filesizeformat
nums | first
nothing | first
nothing | first is defined
'3.5' | float
'x' | float
'x' | float(1.5)
none | float
'inf' | float
'%s - %s' | format('a', 'b')
'%(x)s' | format(x=1)
users | groupby('age') | list
users | groupby('city') | map('first') | list
users | groupby('city', case_sensitive=true) | map(attribute='grouper') | list
users | groupby('email', default='-') | map('first') | list
lines | indent
lines | indent(2, true)
lines | indent(2, first=true, blank=true)
lines | indent('> ')
'42' | int
'42.9' | int
'abc' | int
'abc' | int(-1)
'0x1f' | int(0, 16)
'ff' | int(base=16)
'0b101' | int(base=0)
3.99 | int
-3.99 | int
none | int
[] | int
' 12 ' | int
d | items | list
missing | items | list
nums | items | list
words | join(', ')
nums | join
users | join(', ', attribute='name')
[1, none, true, 'x'] | join('-')
nums | last
nothing | last is defined
nums | length
d | count
5 | length
'abc' | list
d | list
5 | list
'ÀB' | lower
nums | map('string') | list
users | map(attribute='name') | join(',')
users | map(attribute='email', default='none') | list
users | map(attribute='tags.0') | list
words | map('upper') | map('replace', 'A', '4') | list
words | map('truncate', 3, true, '') | list
nums | map('nope') | list
nums | max
nums | min
words | max
words | min(case_sensitive=true)
users | max(attribute='age')
nothing | max is defined
[1, 'a'] | max
d | pprint
users | map(attribute='age') | unique | list
nums | reject('odd') | list
ten | reject('divisibleby', 3) | list
users | rejectattr('active') | map(attribute='name') | list
users | rejectattr('email', 'defined') | map(attribute='name') | list
s | replace('l', 'L')
s | replace('l', 'L', 1)
nums | replace('1', 'x')
s | reverse
nums | reverse | list
d | reverse | list
42.55 | round
42.55 | round(1)
42.55 | round(1, 'floor')
42.11 | round(1, 'ceil')
2.5 | round
3.5 | round
-2.5 | round
42 | round
1234 | round(-2)
2.675 | round(2)
'x' | round
ten | select('even') | list
ten | select('>', 7) | list
[0, 1, '', 'a', none] | select | list
ten | select('in', [1, 2, 99]) | list
words | select('equalto', 'apple') | list
users | selectattr('age', 'gt', 30) | map(attribute='name') | list
users | selectattr('tags') | map(attribute='name') | list
ten | slice(3) | list
ten | slice(3, 'x') | list
nums | sort
words | sort
words | sort(case_sensitive=true)
words | sort(reverse=true)
users | sort(attribute='age,name') | map(attribute='name') | list
[1, 'a'] | sort
[true, 0, 2.5] | sort
none | string
1.0 | string ~ true | string
'<p>a <b>b</b>\n &amp; c</p>' | striptags
nums | sum
floats | sum
users | sum(attribute='age')
nested | sum(start=[])
words | sum
'hello big-world (it\'s) [x] 3d' | title
tool | tojson
tool | tojson(indent=2)
users[2] | tojson(indent=4)
html | tojson
[1.0, 1e20, none, true, 'é\n\t"\\/'] | tojson
'é😀' | tojson(ensure_ascii=true)
d | tojson(sort_keys=true, separators=(',', ':'))
nothing | tojson(indent=2)
(1, 2) | tojson
missing | tojson
{1: 'a', none: 'b', true: 'c'} | tojson
padded | trim
'xxaxx' | trim('x')
none | trim
'a long sentence that goes on' | truncate(12)
'a long sentence that goes on' | truncate(12, true)
'a long sentence' | truncate(12, leeway=10)
'a long sentence that goes on' | truncate(12, end='…', leeway=0)
[1, 1.0, true, 'A', 'a', 'b'] | unique | list
words | unique(true) | list
'a b/c?d=é&f' | urlencode
{'a b': 1, 'c': 'x/y'} | urlencode
[('k', 'v v')] | urlencode
lines | wordcount
{'class': 'my', 'id': none, 'title': '<x>'} | xmlattr
{'a b': 1} | xmlattr
'x' | nope
7 is odd
7 is even
9 is divisibleby 3
9 is divisibleby(4)
'a' is odd
n is number and n is integer
t is integer
t is number
f is float
1.0 is integer
s is string
d is mapping
nums is sequence
d is sequence
d.keys() is sequence
s is iterable
5 is iterable
{} is iterable
none is none
none is defined
t is true
1 is true
no is false
t is boolean
1 is boolean
'abc' is lower
'ABC' is upper
5 is lower
nums is sameas nums
1 is sameas true
[] is sameas []
none is sameas none
range is callable
n is callable
missing is callable
'a' is in 'abc'
3 is in nums
3 is not in nums
n is eq 7
n is gt(5) and n is le 7
n is ne 7
'upper' is filter
'nope' is filter
'odd' is test
html is escaped
html | e is escaped
n is nope
n is not none
1 is defined is true
range(5) | list
range(2, 10, 3) | list
range(5, 0, -2) | list
range(3)
range(10)[2:5]
range(10) | length
range(200000) | list
range('a')
dict(a=1, b='x')
dict([('k', 1)], z=2)
dict(d, a=9)
namespace(a=1).a
namespace(a=1)
namespace(_a=1)
raise_exception('no')
cycler('a', 'b').next()
joiner(',')() ~ '|'
'a' 'b' "c"
"tab\tnl\nq\"uni\u00e9\x41"
'\d'
[1, 2, 3,]
{'a': 1,}
foo(bar=1)
n.real.real
users[0].name.upper().lower()[0]
'a' if 1 > 2 else 'b' | upper
(n | string).zfill(3)
n | string | length
-n | abs
- 3 + 5
not n
n == 7 and s == 'Hello, World' or missing
[x for x in nums]
d | length > 2
{'a': {'b': [1, {'c': 'deep'}]}}.a.b[1].c
{**d}
lambda x: x
nums | first + nums | last
nums[0] + nums[-1] * 2 - 1
1 if d.a else 2
[1, 2] | tojson ~ ',' ~ {} | tojson
'日本語'.center(7, '・')
'ab' > 'a' and 'ab' != 'ba'
d.a is defined and d.a is not none
(d | list)[0]
'%.3s|' % 'abcdef'
'%+d % d' % (5, 5)
1.23456789 | round(3) | string
1e-5
-0.0
3.0 * 2
7 // 2.0
1e308 * 10
'a' is string is defined
"A" ~ 'b' | lower
users | map(attribute='name') | map('lower') | sort | join('|')
users | selectattr('email', 'undefined') | list | length
users | selectattr('city', 'equalto', 'Oslo') | first | tojson
[[1, 'b'], [0, 'a']] | sort
[{'a': 2}, {'a': 1}] | sort(attribute='a') | map(attribute='a') | join
[3, 1] | sort | tojson
['b', 'A'] | sort | first
'a long sentence that goes on' | wordwrap(10)
'a-hyphenated-word and--dash' | wordwrap(7)
'unbreakablelongword x' | wordwrap(6)
'unbreakablelongword x' | wordwrap(6, false)
'two  spaces\n\nand a line' | wordwrap(8, wrapstring='|')
'well-known e-mail x-y-z 1-2' | wordwrap(5, break_on_hyphens=false)
'----- a---b --c' | wordwrap(4)
'x' | wordwrap(0)
lines | wordwrap
'ǆa ßa ﬁa აბ ᾀa ᾳa ŉa ιa'.title()
'ẞ ς ı Ꭰ ꭰ'.casefold()
'一'.isnumeric() and not '一'.isdigit()
'①'.isdigit()
'ǅ'.swapcase() ~ 'aB'.swapcase()
('<b>' | safe).format('<') ~ ('%s' | safe) % '<'
('a b<c' | safe | truncate(4, leeway=0)) is escaped
'a' in ['a'] | string
""".strip("\n").split("\n")

# Whole templates.
templates = [
    "{% for x in nums %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }};{% endfor %}",
    "{% for x in nums %}{{ loop.cycle('odd', 'even') }} {% endfor %}",
    "{% for x in [1, 1, 2] %}{{ loop.changed(x) }} {% endfor %}",
    "{% for x in nums %}{{ loop.previtem }}<{{ x }}>{{ loop.nextitem }} {% endfor %}",
    "{% for x in nums %}{{ loop.previtem is defined }}{% endfor %}",
    "{% for x in nums %}{{ loop }}{% endfor %}",
    "{% for x in nothing %}a{% else %}none{% endfor %}",
    "{% for k, v in d.items() %}{{ k }}={{ v }} {% endfor %}",
    "{% for k, v in d | dictsort %}{{ k }}={{ v }} {% endfor %}",
    "{% for k in d %}{{ k }}{% endfor %}",
    "{% for c in 'a😀b' %}[{{ c }}]{% endfor %}",
    "{% for a, b in nested %}{{ a * b }},{% endfor %}",
    "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}",
    "{% for a, b in nums %}{{ a }}{% endfor %}",
    "{% for x in 5 %}{% endfor %}",
    "{% for x in none %}{% endfor %}",
    "{% for x in missing %}x{% else %}empty{% endfor %}",
    "{% for x in ten if x % 2 == 0 %}{{ loop.index }}:{{ x }} {% endfor %}",
    "{% for x in ten if x > 10 %}x{% else %}none{% endfor %}",
    "{% for x in ten %}{% if x == 3 %}{% continue %}{% endif %}{% if x > 5 %}{% break %}{% endif %}{{ x }}{% endfor %}",
    "{% break %}",
    "{% for x in nums %}{% break %}{% else %}none{% endfor %}",
    "{% for x in nums %}{{ x }}{% if x == 1 %}{% break %}{% endif %}{% else %}none{% endfor %}",
    "{% for x in nums %}{% continue %}{% else %}none{% endfor %}",
    "{% macro m() %}x{% endmacro %}{{ m }}",
    "{% generation %}{{ varargs }}{{ caller is defined }}{% endgeneration %}",
    "{% for x in 1, 2, 3 %}{{ x }}{% endfor %}",
    "{% for x in tree recursive %}{{ loop.depth }}{{ x.v }}{% if x.c %}({{ loop(x.c) }}){% endif %}{% endfor %}",
    "{% for x in nums %}{{ loop([1]) }}{% endfor %}",
    "{% for x in nums %}{% for y in nums %}{{ loop.index }}{% endfor %}{{ loop.index }} {% endfor %}",
    "{% for x in nums %}{% set outer = loop %}{% for y in 'ab' %}{{ outer.index }}{{ y }}{% endfor %}{% endfor %}",
    "{% for x in ten | map('string') %}{{ loop.length }}{% if loop.last %}!{% endif %}{% endfor %}",
    "{% set x = 1 %}{% for i in nums %}{% set x = x + i %}{{ x }} {% endfor %}{{ x }}",
    "{% set ns = namespace(x=0) %}{% for i in nums %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }}",
    "{% set ns = namespace() %}{% set ns.a = 1 %}{{ ns.a }}{{ ns.b }}|{{ ns.b is defined }}",
    "{% set ns = namespace(d, z=1) %}{{ ns.a }}{{ ns.z }}{{ ns['b'] }}",
    "{% set d.x = 1 %}",
    "{% set ns = namespace() %}{% set ns._x = 1 %}",
    "{% set a, b = 1, 2 %}{{ b }}{{ a }}",
    "{% set a = 1, 2 %}{{ a }}",
    "{% set x %}block {{ n }}{% endset %}{{ x }}|{{ x | length }}",
    "{% set x | upper | trim %} block {{ n }} {% endset %}[{{ x }}]",
    "{% set x %}a{% set y = 1 %}{% endset %}{{ y is defined }}",
    "{% if nil %}a{% elif zero %}b{% elif n > 5 %}c{% else %}d{% endif %}",
    "{% if missing %}a{% else %}b{% endif %}",
    "{% if missing.x %}a{% endif %}",
    "{% if t %}{% set y = 5 %}{% endif %}{{ y }}",
    "{% with a = 1, b = 2 %}{{ a }}{{ b }}{% endwith %}{{ a is defined }}",
    "{% set a = 9 %}{% with a = 1, b = a %}{{ a }}{{ b }}{% endwith %}{{ a }}",
    "{% with %}{% set q = 1 %}{{ q }}{% endwith %}{{ q is defined }}",
    "{% macro m(a, b=2, c='x') %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ m(1) }}|{{ m(1, c=3) }}|{{ m(a=0, b=1) }}|{{ m() }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(b=2) }}",
    "{% macro m(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, 3, x=4) }}",
    "{% macro m(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}",
    "{% macro m(a) %}{{ a is defined }}{% endmacro %}{{ m() }}",
    "{% macro m() %}x{% endmacro %}{{ m() | upper }}{{ m.name }}{{ m.arguments }}",
    "{% macro f(k) %}{% if k > 0 %}{{ k }}{{ f(k - 1) }}{% endif %}{% endmacro %}{{ f(4) }}",
    "{% macro f(k) %}{{ f(k + 1) }}{% endmacro %}{{ f(0) }}",
    "{% macro m() %}<{{ caller() }}>{% endmacro %}{% call m() %}inner {{ n }}{% endcall %}",
    "{% macro m() %}{% for i in nums %}{{ caller(i) }}{% endfor %}{% endmacro %}{% call(x) m() %}[{{ x }}]{% endcall %}",
    "{% macro m() %}x{% endmacro %}{% call m() %}y{% endcall %}",
    "{% macro m() %}{{ caller is defined }}{% endmacro %}{{ m() }}",
    "{% macro m() %}{{ late }}{% endmacro %}{% set late = 1 %}{{ m() }}",
    "{% macro m(x) %}{% set y = x %}{{ y }}{% endmacro %}{{ m(3) }}{{ y is defined }}",
    "{% for x in nums %}{% macro m() %}{{ x }}{{ loop.index }}{% endmacro %}{{ m() }}{% endfor %}",
    "{{ m() }}{% macro m() %}x{% endmacro %}",
    "{% set args = [1, 2] %}{% macro m(a, b) %}{{ a }}-{{ b }}{% endmacro %}{{ m(*args) }}{{ m(**{'a': 3, 'b': 4}) }}",
    "{% filter upper %}abc {{ s }}{% endfilter %}",
    "{% filter trim | replace('a', 'b') %} aaa {% endfilter %}",
    "{% filter indent(2, true) %}a\nb{% endfilter %}",
    "{% raw %}{{ not }} {% if %}{% endraw %}",
    "a {%- raw -%}  x  {%- endraw -%}  b",
    "a{# comment {{ x }} #}b",
    "a {#- comment -#} b",
    "a\n  {# comment #}\nb",
    "a\n   {% if t %}\n   b\n   {% endif %}\nc",
    "a\n   {{ n }}\nb",
    "a  {%- if t %}  b  {% endif -%}  c",
    "a\n{%- if t -%}\n  b\n{%- endif -%}\nc",
    "a\n  {%+ if t %}b{% endif +%}\nc",
    "{{- n -}}  x  {{- n }}",
    "  {{ n -}}  \n  x",
    "x\n\n",
    "x\n",
    "{% if t %}\n\nx\n{% endif %}\n\ny",
    "a\r\n{% if t %}\r\nb\r\n{% endif %}\r\nc\r\n",
    "{{ 'a\r\nb' }}|{{ 'a\r\nb' | length }}",
    "# for x in nums\n{{ n }}\n# endfor",
    "## comment\n{{ n }}",
    "{% set x = '%}' %}{{ x }}{{ '}}' }}",
    "{{ {'a': {'b': 1}} }}",
    "{{ {'a': {'b': {}}}}}",
    "{{ '{{ x }}' }}{{ '{% y %}' }}",
    "{{ }}",
    "{{ n",
    "{% if t %}",
    "{% endif %}",
    "{% nope %}",
    "{% if t %}{% endfor %}",
    "{{ 1 + }}",
    "{{ (1, }}",
    "{{ n | }}",
    "{# open",
    "{% raw %}open",
    "{% block a %}x{{ n }}{% endblock %}{% block b %}{% endblock b %}",
    "{% for x in nums %}{% block c scoped %}{{ x }}{% endblock %}{% endfor %}",
    "{% for x in nums %}{% block c %}{{ x }}{% endblock %}{% endfor %}",
    "{% block a %}x{{ n }}{% endblock %}{{ self.a() }}{{ self.b is defined }}",
    "{{ self.a() | upper }}{% block a %}x{% set z = 1 %}{% endblock %}{{ z is defined }}",
    "{% block a %}{{ self.a() }}{% endblock %}",
    "{% block a %}{{ super() }}{% endblock %}",
    "{% block a %}{% endblock %}{% block a %}{% endblock %}",
    "{% macro m() %}{{ kwargs }}{% endmacro %}{% call m() %}{% endcall %}",
    "{% include 'x' %}",
    "{% import 'x' as y %}",
    "{% extends 'x' %}",
    "{% do nums.append(1) %}",
    "{% print n, s %}",
    "{% autoescape false %}{{ html }}{% endautoescape %}",
    "{% set g = nums | map('string') %}{{ g | list }}{{ g | list }}",
    "{% set g = ten | select('odd') %}{% for x in g %}{% if x > 4 %}{% break %}{% endif %}{{ x }}{% endfor %}",
    "{% set c = cycler('a', 'b', 'c') %}{{ c.next() }}{{ c.next() }}{{ c.current }}{{ c.reset() }}{{ c.next() }}",
    "{% set j = joiner(' | ') %}{% for x in nums %}{{ j() }}{{ x }}{% endfor %}",
    "{{ n }}{{ none }}{{ true }}{{ missing }}",
    "{% generation %}a{{ n }}{% endgeneration %}",
    "{% generation %}{% set z = 1 %}{% endgeneration %}{{ z is defined }}",
    "{%- for u in users -%}\n{{ u.name }}: {{ u.tags | join('/') or '-' }}\n{% endfor -%}\nend",
    "{% for u in users %}{{ u.email }}{% if not loop.last %}, {% endif %}{% endfor %}",
    "{% for group in users | groupby('age') %}{{ group.grouper }}:{{ group.list | length }}{% for u in group.list %} {{ u.name }}{% endfor %};{% endfor %}",
    "{% for age, us in users | groupby('age') %}{{ age }}={{ us | map(attribute='name') | join('+') }} {% endfor %}",
    "{% for row in ten | batch(4, '-') %}{{ row | join(' ') }}\n{% endfor %}",
    "{% if 'a' in d and d.a == 1 %}yes{% endif %}{% if n is odd and not n is divisibleby 2 %}odd{% endif %}",
    "{% if (n, s) == (7, 'Hello, World') %}same{% endif %}",
    "{% set x = [] %}{% set _ = x.append(1) %}{{ x }}",
    "{% set x = nums + [9] %}{{ x }}{{ nums }}",
    "{% set loop = 1 %}{{ loop }}",
    "{% set x = 1 %}{% macro m() %}{% set x = 2 %}{{ x }}{% endmacro %}{{ m() }}{{ x }}",
    "{% macro outer() %}{% macro inner() %}i{{ n }}{% endmacro %}{{ inner() }}{{ inner() }}{% endmacro %}{{ outer() }}",
    "{% macro list_users(us) %}{% for u in us %}{{ caller(u, loop.index) }};{% endfor %}{% endmacro %}{% call(u, i) list_users(users) %}{{ i }}.{{ u.name }}{% endcall %}",
    "{% for x in range(3) %}{% for y in range(x) %}{{ x }}{{ y }} {% else %}- {% endfor %}{% endfor %}",
    "{{ nums }}{% set nums = [1] %}{{ nums }}",
    "{% if n == 7 %}{{ 'seven' }}{%- else %} other {%- endif %} .",
    "{% set x = 'a' %}\n{% set y = x ~ 'b' -%}\n\n{{ y }}",
    "{%if n%}a{%endif%}{{n}}{{-n-}}",
    "{% for i in ten[1:4] -%}\n  {{ i }}\n{%- if not loop.last %},{% endif %}\n{%- endfor %}",
]


def result(template):
    try:
        return _compile_jinja_template(template).render(**variables)
    except Exception:
        return None


# What strftime_now can write: all that C's strftime knows on Linux.
time_format = (
    "%A %a %B %b %d %-d %e %m %-m %Y %y %H %-H %I %-I %k %l %M %-M %S %p %P %j %-j %w %u %U %W %V %G %g %C %D %F %R %T %r "
    "%c %x %X %h %n %t %% %Z%z %_d %^a %^B %#p %q %E %f"
)
times = [(2026, 1, 5, 13, 7, 9), (2024, 12, 30, 0, 0, 0), (2023, 1, 1, 12, 59, 59), (2020, 2, 29, 23, 5, 1), (1999, 7, 4, 9, 30, 0)]

sources = ["{{ " + expression + " }}" for expression in expressions] + templates
golden = {
    "variables": variables,
    "results": [[source, result(source)] for source in sources],
    "timeFormat": time_format,
    "times": [[time, datetime.datetime(*time).strftime(time_format)] for time in times],
}
print(json.dumps(golden, ensure_ascii=False, indent=0))
