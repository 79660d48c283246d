/// Small documents for every rule that the reader knows. What they mean is asked of Yams (`YAMLOracle`).
enum YAMLCorpus {
    static let valid: [(rule: String, documents: [String])] = [
        ("no document, or an empty one", [
            "", "\n\n", "# only a comment", "---", "---\n...\n", "--- # c\n", "%YAML 1.2\n---\n", " \n# c\n  \n",
        ]),
        ("documents", [
            "--- a", "---\na: 1\n...\n", "--- |\n x\n", "--- [a]\n...\n...\n", "%YAML 1.1\n--- a\n", "%YAML 1.2 # c\n---\na: 1\n",
            "a\n...\n# end\n", "--- # c\n- a\n", "---\ta\n", "a: 1\n---b: 2\n", "...a: 1", "a: ---\n", "- ---\n",
        ]),
        ("byte order mark and line ends", [
            "\u{FEFF}a: 1\nb: 2\n", "\u{FEFF}# c\n- a\n", "a: 1\r\nb:\r\n  - x\r\n  - y\r\n", "a: 1\rb: 2\r", "a: |\r\n  x\r\n  y\r\n",
            "a: 'x\r\n\r\n y'\r\n", "a: x\u{85}b: y\n", "a: x\u{2028}b: y\u{2029}", "a: |\n x\u{2028} y\u{85} z\n", "a: x\u{2028}  y\n",
            "\"a\u{2029}\n b\"", "\n\u{FEFF}a: 1",
        ]),
        ("block sequences", [
            "- a\n- b\n", "-\n-\n", "- - a\n  - b\n- c\n", "-\n  - a\n", "- a: 1\n  b: 2\n- c\n", "  - a\n  - b\n", "- # c\n  a\n", "-",
            "- -\n  - \n", "- a\n\n\n- b", "- a # c\n# c\n- b\n", "-a", "- -1\n- -f\n",
        ]),
        ("block mappings", [
            "a: 1\nb: 2\n", "a:\nb:\n", "a:\n  b:\n    c: 1\n  d: 2\n", "a : 1", "a: b:c\n", "a:\n  - x\n  - y\nb: 1\n",
            "a:\n- x\n- y\nb: 1\n", "a:\n- x: 1\n  y: 2\n- z\n", "a:\n-\n-\nb:\n", "'a b': 1\n\"c\": 2\n", "a: # c\n  1\n", "[a]: 1\n",
            "{a: 1}: 2\n", "a:   \n\n  b\n", "  a: 1\n  b: 2\n", "a:\n  &x\n  b: 1\n", "é: ü\n", "a b c: d e f", "? a\n: b\n",
            "a:\n    b: 1\n    c:\n     - 1\n",
        ]),
        ("explicit keys", [
            "? a\n: 1\n", "? a\n", "? a\n? b\n", "?\n: a\n", "? - a\n  - b\n: - c\n", "? a: 1\n: b: 2\n", "? |\n  x\n: 1\n",
            "{? a : 1, ? b}", "[? a : 1]", "{?}", "[?]", "? a\nb: 1\n", "[? a, b]",
        ]),
        ("flow sequences", [
            "[]", "[a, b]", "[a,b,]", "[ ]", "[\n a,\n b\n]", "[[a], [b, [c]]]", "[a: 1]", "[a: 1, b]", "[a: ]", "['a': 1]", "[\"a\":1]",
            "[a b, c d]", "- [a,\n  b]\n- c\n", "a: [x,\n\n  y # c\n  , z]\n", "[a\n b, c]", "[\ta\t,\tb]", "[a: [b: c]]",
            "[http://x, a:b]", "[-a, -]",
        ]),
        ("flow mappings", [
            "{}", "{a: 1, b: 2}", "{a: 1,}", "{a, b}", "{a: , b: }", "{a: {b: {c: d}}}", "{a: [1, 2], b: {}}", "{\na: 1,\n b: 2\n}",
            "{\"a\":1}", "{'a' : 1}", "{a: x y\n  z}", "a: {b: c}\nd: e\n", "{a: 1 # c\n}", "{x: {{ y }}}", "{a: -1}", "{[a]: 1}",
            "{a: 'b', c: \"d\"}", "{ }", "a: {\n}\n",
        ]),
        ("plain texts", [
            "a b  c", "a\n b\n  c\n", "a\n\n b\n\n\n c\n", "a: x\n  y\n z\n", "- a\n  b\n- c\n", "a#b", "a #b", "a: b#c", "a:b", "a::b",
            "x: :a", "x: -a", "x: ?a", "a,b", "a]b", "a: x'y\"z", "a: b\tc", "a: b \t # c", "a%b", "a@b", "a!b", "a&b", "a*b", "a|b",
            "a>b", "- !a b", "a: http://x.y/z?q=1#f", "a: 12:30:45", "a\\nb", "a: x\n\n\nb: y", "a: b\n # c\n", "- a\n # c\n- b",
            "x: a\n\n   b\n\nc: d", "💡: 😀 x", "a:\u{A0}b", "[a\n\n b]", "a: x   ", "{a: b\n  c\n  d}", "a: <<", "- '<<'\n- \"<<\"",
        ]),
        ("nulls, numbers and truth values stay texts but for nulls", [
            "[null, Null, NULL, ~, nULL, 'null', \"~\", '']", "- 1\n- 1.5\n- true\n- yes\n- 2020-01-01\n- 0x1F\n- =\n",
            "{null: 1, ~: 2, '': 3}", "a: !!null null",
        ]),
        ("single quotes", [
            "''", "'a'", "'it''s'", "''''", "'a\n  b'", "'a\n\n  b'", "'a  \n  b  '", "' a '", "'a: b # c'", "'\\n'", "'\n'", "' \n\n '",
            "a: 'b'   # c\n", "'a\tb'", "'é'", "'a''\n''b'", "a: 'x\ny'\n", "- 'a\n\n\nb'",
        ]),
        ("double quotes", [
            #""""#, #""a\nb""#, #""\0\a\b\t\n\v\f\r\e""#, #""\ \"\/\\""#, #""\N\_\L\P""#, #""\x41\u00e9\U0001F600""#, "\"a\\\n  b\"",
            "\"a \\\n \\ b\"", "\"a\n b\n\n c\"", "\" a \n b \"", #"a: "b: # c""#, #""it's""#, "\"a\\\n\n\n  b\"", "\"\\\n\"",
            "\"\\\ta\"", #""\x00\x7f\u0085""#, "\"a\\\r\n b\"", "\"a\t\n\tb\"", "\"\n\n\"", #"{"a":"b"}"#, #"["a", "b"]"#, "\"\u{2028}\"",
        ]),
        ("literal texts", [
            "|\n a\n b\n", "|-\n a\n", "|+\n a\n\n", "|2\n   a\n  b\n", "|2-\n  a\n", "|-2\n  a\n", "|+1\n a\n\n",
            "a: |\n  x\n   y\n  z\nb: 1\n", "a: |\n\n\n  x\n", "a: | # c\n  x\n", "a: |\n", "a: |\nb: |-\n", "- |\n a\n- |\n  b\n",
            "a: |\n  x\n # not\n", "a: |\n  # is\n", "|\n a\n\n\n", "a: |-\n  x\n\n\nb: y\n", "a: |+\n  x\n\n\nb: y\n", "a: |\n  x",
            "a: |\n  x  \n", "a: |\n  x\n...\n", "|1\n  a\n", "a:\n  b: |\n    x\n  c: 1\n", "a: |4\n     x\n", "--- |\n a\n",
            "a: |+\n\n\n",
        ]),
        ("folded texts", [
            ">\n a\n b\n", ">-\n a\n b\n", ">+\n a\n\n", ">\n a\n\n b\n", ">\n a\n  b\n c\n", ">\n a\n\n  b\n\n c\n", ">\n\n a\n",
            ">2\n   a\n  b\n", "a: >\n  x\n  y\n\n  z\nb: 1\n", ">\n a\n \tb\n c\n", ">\n  a\n\n\n  b\n\n", "a: >-\n\n  x\n  y\n\n\nb: 1",
            ">\n a b \n c\n", "- >\n a\n- b\n", ">\n a\u{2028} b\n",
        ]),
        ("comments", [
            "# a\nb: 1 # c\n# d\n", "a:\n# c\n  b: 1\n", "- a\n  # c\n- b\n", "a: [1, # c\n 2]\n", "a #\n", "# c", "a: 'b' #c\n",
            "a: b\n   # c\nc: d",
        ]),
        ("anchors and aliases", [
            "a: &x 1\nb: *x\n", "- &a [1, 2]\n- *a\n- *a\n", "&a a: 1\n", "a: &x {b: 1}\nc: *x\n", "a: &x\n  b: 1\nc: *x\n", "&x a: *x\n",
            "- &a x\n- &a y\n- *a\n", "- &a k\n- {*a : 1}\n", "a: &x\nb: *x\n", "&a\n- x\n- y\n", "- &a-1_B c\n- *a-1_B\n",
            "a: &x !!str 1\nb: *x", "a: !!str &x 1\nb: *x", "a: &x\n- 1\nb: *x", "[&a b, *a]", "{a: &b c, d: *b}", "- &a\n- *a", "&a [b]",
            "a: &x |\n  t\nb: *x\n",
        ]),
        ("merge keys", [
            "a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3\n", "a: &x {p: 1}\nb:\n  q: 3\n  p: 4\n  <<: *x\n",
            "- &x {p: 1}\n- &y {p: 2, r: 3}\n- <<: [*x, *y]\n  s: 1\n", "<<: {a: 1}\nb: 2\n", "a: {<<: {}}", "'<<': 1\nb: 2\n",
            "- &x {p: 1}\n- &y {<<: *x, q: 2}\n- {<<: *y, p: 3}\n", "!!str <<: 1\n", "<<: [{a: 1}, {a: 2, b: 3}]\n", "<<: []\n",
            "a: <<\n",
        ]),
        ("tags", [
            "!!str 1", "a: !!str\nb: !!str null\n", "- !!int 1\n- !!float '2'\n- !x y\n- ! 1\n- !\n", "!!map {a: 1}", "!!seq\n- a\n",
            "!<tag:yaml.org,2002:str> 1", "!<!x> 1", "%TAG !e! tag:yaml.org,2002:\n---\n!e!str 1\n",
            "%TAG ! tag:yaml.org,2002:\n--- !str 1\n", "%TAG !! tag:example.com,2000:\n--- !!str 1\n", "!a%41b x", "a: !!str |\n  x\n",
            "[!!str, !!str a]", "!!str '1'", "!!set {a, b}", "!x\na: 1\n", "!!str &a 1", "!y:z/x x", "%TAG !e! tag:e,\n--- [!e!x y]",
        ]),
        ("tabs that do not indent", [
            "a:\tb", "a: b\t", "- a\t# c", "a: [\tb ]", "a:\n  b:\tc\t\n", "'\ta\t'", "[\n\ta]", "a: b\n  \tc",
        ]),
        ("long keys", [String(repeating: "k", count: 1000) + ": 1\n", "'" + String(repeating: "é", count: 1000) + "': 1\n"]),
        ("what dbt projects hold", [
            "models:\n  shop:\n    +materialized: view\n    marts: {+schema: marts, +tags: [nightly, \"core\"]}\n",
            "on-run-start: \"{{ hook('a') }}\"\n", "vars:\n  'shop:first day': '2015-01-01'\n",
            "columns:\n  - name: id\n    description: >-\n      A key,\n      unique.\n    tests:\n"
                + "      - unique\n      - relationships:\n          to: ref('a')\n          field: id\n",
            "config: {severity: warn, where: \"user_id > 0\"}\n", "description: \"{{ doc('about') }}\"\n",
            "tests:\n- accepted_values: {values: ['a', b, 1]}\n", "sql: |\n  select *\n  from {{ ref('a') }}\n  where x = '#'\n",
        ]),
    ]

    static let invalid: [(rule: String, documents: [String])] = [
        ("what YAML 1.2 allows and libyaml does not", [
            "[: 1]", "[a, : b]", "{: 1}", "[:, a]", "[? : 1]", "[a:]", "{a: 1, b:}", "{a\n: 1}", ": a\n", ":\n", "- a\n-\tb\n",
            "a: |\n  \tx\n", "a: |\n \t\n",
        ]),
        ("several documents", ["a\n---\nb\n", "---\n---\n", "a: 1\n...\n---\nb: 2\n", "--- a\n--- b\n", "a\n...\nb\n"]),
        ("directives", [
            "%YAML 1.2\n", "%YAML 2.0\n--- a", "%YAML 1.2\n%YAML 1.2\n--- a", "%FOO x\n--- a", "%YAML\n--- a", "%YAML 1\n--- a",
            "%YAML 1.2 x\n--- a", "%TAG ! x\n%TAG ! y\n--- a", "%TAG !x y\n--- a", "%TAG !x! y#z\n--- a", "%\n",
            "%YAML 1.1234567890\n--- a", "a: 1\n%YAML 1.2\n",
        ]),
        ("indentation", [
            "a: 1\n b: 2\n", "a:\n  b: 1\n c: 2\n", "- a\n b\n- c: 1\n d\n", " a: 1\nb: 2\n", "a:\n  - b\n - c\n", "a: b\n  c: d\n",
            "- a\nb: 1\n", "a: 1\n- b\n", "a: 1\nb\n",
        ]),
        ("tabs that would indent", [
            "a: |\n  \t\n", "\ta: 1", "a:\n\tb: 1\n", "-\t- a\n", "a: |\n\tx\n", "a: b\n\tc\n", "- a\n\t- b\n", "a:\n  b: 1\n\tc: 2\n",
        ]),
        ("values that cannot stand there", [
            "a: b: c", "a: - b", "- a: - b", "a b: c: d", "'a' b", "\"a\" b: 1", "[a] b", "{a: 1} b", "a: 'b' c", "? a: b: c",
            "a: [b] c\n", "a: *x y",
        ]),
        ("brackets that do not close", ["[a", "{a: 1", "[a}", "{a]", "[[a]", "]", "}", "a: ]", "a: }x", "[a]]", "{", "[a,", "{a: [}"]),
        ("commas", ["[,]", "[a,,b]", "{,}", "{a: 1,,}", ",a", "- , a", "[a b: c d e:\n"]),
        ("quotes that do not close", ["'a", "\"a", "'a\n---\nb'", "\"a\n...\n\"", "a: 'b\nc: d\n", "\"\\\"", "'''"]),
        ("escapes", [#""\q""#, #""\x4""#, #""\u12""#, #""\U00110000""#, #""\ud800""#, #""\""#, #""\'""#, #""\xZZ""#, #""C:\dir""#]),
        ("block headers", ["|0\n a", "| a\n", "|-+\n a", ">12\n a", "|a\n", ">++\n a", "a: |\n   \n  x\n", "a: |x\n  b"]),
        ("characters that begin no text", ["@a", "`a", "a: @b", "- `b", "- %a: 1", "a: %b", "[|]", "[>a]", "a: %{b}"]),
        ("control characters", [
            "a\u{0}b", "a: \u{7}", "'\u{1B}'", "# \u{1}", "\u{7F}", "\u{80}", "a\u{9F}", "\u{FFFE}", "a: |\n  \u{8}\n", "\u{B}",
            "\u{FFFF}",
        ]),
        ("aliases and anchors", [
            "*a", "a: *b\nc: &b 1\n", "&", "& a", "*", "&a *a", "- &a *b", "&a &b c", "&a.b c", "*a.b", "- *é", "- &a [*a]\n",
        ]),
        ("tags", ["!e!x y", "!!", "!<a b", "!<> a", "!%4 x", "!!str !!int 1", "!a{b x", "[!a]", "%TAG !e! x\n--- !f!a b", "!!str,x"]),
        ("duplicate keys", [
            "a: 1\na: 2\n", "{a: 1, a: 2}", "a: 1\n'a': 2\n", "a:\n  b: 1\n  c: 2\n  b: 3\n", "<<: {}\n<<: {}\n",
            "é: 1\n\"\\u0065\\u0301\": 2\n", "1: a\n1: b\n",
        ]),
        ("merge keys of something else", ["<<: a", "<<: [a]", "<<:\n", "a: {<<: [[{}]]}"]),
        ("keys without a colon", [
            "a: 1\nb\nc: 2\n", "a: 1\n'b\nc': 2\n", String(repeating: "k", count: 1100) + ": 1\n", "a: 1\n[b\n]: 2\n", "a\nb: 1\n",
            "&x\nb\nc: 1\n", "'a\nb': c\n",
        ]),
        ("what dbt projects get wrong", [
            "description: it's: fine\n", "name: {{ a }} b\n", "sql: {% if x %}\n", "a: 'it's'\n",
            "models:\n- name: a\n   description: b\n", "tests: [unique\ncolumns: []\n",
        ]),
    ]
}
