import TestSupport
import Testing
import WarehouseBasics
@testable import WarehouseScaffold

/// Jinja as projects of others have it. Expected texts: what Jinja2 3.1 gives (jinja2.Environment(extensions=["jinja2.ext.do"])),
/// but for None, which is no text of SQL.
@Suite struct JinjaTests {
    private func evaluated(_ template: String, _ context: JinjaContext? = nil) throws -> (text: String?, faults: [String]) {
        let evaluator = JinjaEvaluator(context ?? JinjaContext(relation: { _ in nil }, source: { _, _ in nil }))
        let text = evaluator.evaluate(template).plainText
        return (text, evaluator.faults.map(\.text))
    }

    @Test(arguments: [
        // What a loop adds to a list stays; what it sets does not.
        ("{% set l = [] %}{% for x in ['a', 'b'] %}{% do l.append(x) %}{% endfor %}{{ l | join('-') }}", "a-b"),
        ("{% set n = 1 %}{% for x in [1, 2] %}{% set n = x %}{% endfor %}{{ n }}", "1"),
        ("{% set ns = namespace(n=0) %}{% for x in [1, 2] %}{% set ns.n = ns.n + x %}{% endfor %}{{ ns.n }}", "3"),
        ("{% set d = {} %}{% for x in ['a'] %}{% do d.update({x: 1}) %}{% endfor %}{{ d['a'] }}", "1"),
        ("{% for x in [1, 2, 3, 4] if x is even %}{{ loop.index }}:{{ x }};{% endfor %}", "1:2;2:4;"),
        ("{% for x in [] %}x{% else %}none{% endfor %}", "none"), ("{% set a, b = 1, 2 %}{{ a }}{{ b }}", "12"),
        ("{% for a, b in [('x', 1), ('y', 2)] %}{{ a }}{{ b }}{{ ',' if not loop.last }}{% endfor %}", "x1,y2"),
        ("{% for x in [1, 2] %}{{ loop.first }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.length }} {% endfor %}", "True022 False112 "),
        ("{% set t %}a b{% endset %}{{ t | upper }} {{ t.split(' ')[1] }}", "A B b"),
        ("{{ ['b', 'a', 'B'] | sort | join }} {{ [3, 1, 2] | sort(reverse=true) | join(',') }}", "abB 3,2,1"),
        ("{{ [1, 'x', 2] | select('number') | join(',') }} {{ [1, 2, 3] | reject('odd') | list }}", "1,2 [2]"),
        ("{{ ['a', 'b'] | map('upper') | join(', ') }} {{ [{'n': 'x'}, {'n': 'y'}] | map(attribute='n') | join('+') }}", "A, B x+y"),
        ("{{ [{'n': 1}, {'n': 2}] | selectattr('n', 'gt', 1) | list }}", "[{'n': 2}]"), ("{{ ['a', 'A', 'b'] | unique | list }}", "['a', 'b']"),
        ("{{ [1, 2, 3] | first }}{{ [1, 2, 3] | last }}{{ [1, 2, 3] | sum }}{{ [2, 3] | max }}{{ 'abc' | length }}", "13633"),
        ("{{ '42' | int + 1 }} {{ 'x' | int(7) }} {{ '1.5' | float }} {{ 3.7 | int }} {{ 2.567 | round(2) }}", "43 7 1.5 3 2.57"),
        ("{{ '' | default('d', true) }}{{ x | default('e') }}{{ none is none }}", "deTrue"),
        ("{{ {'a': [1, true, none, 'q\"']} | tojson }}", "{\"a\": [1, true, null, \"q\\\"\"]}"), ("{{ 'a_b c' | title }}", "A_b C"),
        ("{{ 'a-b' | replace('-', '_') }} {{ '  x ' | trim }}|{{ '%s is %d' | format('n', 3) }}", "a_b x|n is 3"),
        ("{{ [1, 2, 3][1:] }} {{ 'abcd'[:2] }} {{ 'abcd'[-1:] }} {{ 2 ** 3 }} {{ 'ab' * 2 }} {{ '%s!' % 'x' }}", "[2, 3] ab d 8 abab x!"),
        ("{{ 'x' is string }} {{ 4 is divisibleby 2 }} {{ 4 is divisibleby(3) }} {{ 'a' < 'b' }}", "True True False True"),
        // As Python 3.11 gives them.
        ("{{ 'a}}b{}{{c}}'.format(1) }} {{ ' a  b c '.split(none, 1) }} {{ 'a,b,,c'.split(',', 2) }}", "a}b1{c} ['a', 'b c '] ['a', 'b', ',c']"),
        ("{{ 'a\\r\\nb\\n'.splitlines() }} {{ 'a\\n\\nb'.splitlines() }} {{ ''.splitlines() }}", "['a', 'b'] ['a', '', 'b'] []"),
        ("{{ '-5'.zfill(4) }} {{ '+5'.zfill(4) }} {{ '5'.zfill(1) }}", "-005 +005 5"),
        ("{{ tojson({'é\\r': ['😀', 1, none, true]}) }}", "{\"\\u00e9\\r\": [\"\\ud83d\\ude00\", 1, null, true]}"),
        ("{{ 'a,b'.split(',') }} {{ 'x'.format() }} {{ '{}-{n}'.format(1, n=2) }} {{ 'ab'.find('b') }}", "['a', 'b'] x 1-2 1"),
    ])
    func templates(_ template: String, _ text: String) throws {
        let (given, faults) = try evaluated(template)
        #expect(faults == [] && given == text, "\(template)")
    }

    private func macros(_ text: String) throws -> JinjaContext {
        var context = JinjaContext(
            relation: { ["orders", "orders_v2", "seed"].contains($0) ? "ref:\($0)" : nil }, source: { _, _ in nil })
        for case .macro(var macro) in try JinjaTemplate.parse(text) {
            macro.path = "macros/all.sql"
            context.macros[macro.name] = macro
        }
        return context
    }

    @Test(arguments: [
        ("{% macro m(a, b=2) %}{{ a }}{{ b }}{% endmacro %}", "{{ m(1) }} {{ m(1, b=3) }} {{ m(b=5, a=4) }}", "12 13 45"),
        // return() ends the macro, and gives values, not texts.
        ("{% macro l() %}x{{ return(['a', 'b']) }}y{% endmacro %}", "{% for x in l() %}{{ x }};{% endfor %}", "a;b;"),
        ("{% macro l(n) %}{% for x in [1, 2, 3] %}{% if x == n %}{% do return(x * 10) %}{% endif %}{% endfor %}{{ return(0) }}{% endmacro %}",
         "{{ l(2) + 1 }} {{ l(9) }}", "21 0"),
        ("{% macro k() %}{{ varargs | join(',') }} {{ kwargs.z }}{% endmacro %}", "{{ k(1, 2, z=3) }}", "1,2 3"),
        ("{% macro inner() %}q{% endmacro %}{% macro outer() %}{{ inner() ~ inner() }}{% endmacro %}", "{{ outer() | upper }}", "QQ"),
    ])
    func macrosGiveValues(_ macros: String, _ template: String, _ text: String) throws {
        let (given, faults) = try evaluated(template, self.macros(macros))
        #expect(faults == [] && given == text, "\(template)")
    }

    @Test func whatIsMissingIsNamedWithWhatToWrite() throws {
        let context = try macros("\n{% macro bad() %}\n{{ gone(1) }}{% endmacro %}")
        #expect(try evaluated("{{ bad() }}", context).faults == [
            "the macro 'bad' (macros/all.sql:3): 'gone' is not known: no macro of the project or of its dbt_packages, and no "
                + "variable that is set before, has that name"])
        for (template, advice) in [
            ("{{ run_query('select 1') }}", "{% set names = ['…'] %}"), ("{{ run_started_at }}", "write current_timestamp() in SQL"),
            ("{{ dbt_utils.no_such() }}", "'dbt_utils.no_such' is neither in the project nor in its dbt_packages"),
            ("{{ codegen.base('a') }}", "the macro 'codegen.base' is not in the project: its package is not in dbt_packages"),
            ("{{ ref('fivetran', 'users') }}", "models of packages, such as fivetran, are not imported"),
            ("{{ adapter.get_columns_in_relation(ref('orders')) }}", "name them in its YAML file (columns:)"),
            ("{{ exceptions.raise_compiler_error('no') }}", "the project raises an error: no"), ("{{ env_var('A') }}", "has no default"),
            ("{% call statement('x', fetch_result=true) %}select 1{% endcall %}", "a statement block asks the warehouse"),
        ] {
            let faults = try evaluated(template, context).faults
            #expect(faults.count == 1 && faults[0].contains(advice), "\(template): \(faults)")
        }
    }

    /// A ref of the project's own calls dbt's; what reads a variable that is not known is no further fault.
    @Test func ownRefsAndUnknownVariables() throws {
        let own = try macros("""
            {% macro ref(name) %}{% set v = kwargs.get('v') %}{% do return(builtins.ref(name, v=v).include(database=false)) %}{% endmacro %}
            """)
        let evaluator = JinjaEvaluator(own)
        #expect(evaluator.evaluate("from {{ ref('orders') }}") == [.text("from "), .relation("ref:orders")])
        #expect(evaluator.faults.isEmpty)
        let faults = try evaluated("{% set r = run_query('x') %}{% for x in r %}{{ x }}{% endfor %}{{ r[0] }}", own).faults
        #expect(faults.count == 1 && faults[0].hasPrefix("run_query asks the warehouse"), "\(faults)")
    }

    @Test func columnsAndValuesThatTheProjectTells() throws {
        var context = try macros("")
        context.columns = { $0 == "ref:seed" ? ["CODE", "N", "M"] : nil }
        context.values = { $0 == "ref:seed" && $1 == "code" ? ["de", "fr"] : nil }
        #expect(try evaluated("{% for c in adapter.get_columns_in_relation(ref('seed')) %}{{ c.name }} {% endfor %}", context).text
            == "CODE N M ")
        #expect(try evaluated("{{ dbt_utils.get_column_values(ref('seed'), 'code') | join(',') }}", context).text == "de,fr")
        #expect(try evaluated("{{ dbt_utils.star(ref('seed'), except=['n'], prefix='p_') }}", context).text
            == "CODE as \"p_CODE\", M as \"p_M\"")
        let evaluator = JinjaEvaluator(context)
        let unpivot = evaluator.evaluate("{{ dbt_utils.unpivot(ref('seed'), cast_to='int', exclude=['code']) }}")
        #expect(unpivot == [
            .text("select code, cast('N' as varchar) as field_name, cast(N as int) as value from "), .relation("ref:seed"),
            .text("\nunion all\nselect code, cast('M' as varchar) as field_name, cast(M as int) as value from "),
            .relation("ref:seed"),
        ])
    }

    // MARK: Projects

    private func imported(_ files: [String: String]) throws -> ImportedProject {
        let directory = try ScratchDirectory()
        for (path, text) in files { try directory.file(path, text) }
        return try ImportedProject(dbt: directory.path, on: EngineDependency.folder(SwiftCompiler.packageRoot))
    }

    private func text(_ end: String, of project: ImportedProject) throws -> String {
        try #require(project.files.files.first { $0.path.hasSuffix(end) }?.text, "\(project.files.files.map(\.path))")
    }

    @Test func genericTestsOfTheProject() throws {
        let project = try imported([
            "dbt_project.yml": "name: shop", "models/orders.sql": "select 1 as id, 2 as amount", "models/users.sql": "select 1 as id",
            "tests/generic/positive.sql": """
                {% test positive(model, column_name, least=0) %}
                select * from {{ model }} where {{ column_name }} < {{ least }}
                {% endtest %}
                """,
            "macros/as_many.sql": """
                {% test as_many(model, other) %}{{ config(severity='warn') }}select 1 as n from {{ model }} having count(*) <>
                (select count(*) from {{ other }}){% endtest %}
                """,
            "models/schema.yml": """
                models:
                  - name: orders
                    tests: [{as_many: {other: ref('users')}}]
                    columns:
                      - {name: amount, tests: [positive, {positive: {least: 3, where: "id > 1", name: at_least_three}}, unknown_one]}
                """,
        ])
        let plain = try text("PositiveOrdersAmount.swift", of: project)
        #expect(plain.contains("select * from \\#(Orders.self) where AMOUNT < 0"), "\(plain)")
        let named = try text("AtLeastThree.swift", of: project)
        #expect(named.contains("select * from (select * from \\#(Orders.self) where id > 1) dbt_subquery where AMOUNT < 3"), "\(named)")
        let other = try text("AsManyOrders.swift", of: project)
        #expect(other.contains("(select count(*) from \\#(Users.self))") && other.contains("severity: .warn"), "\(other)")
        #expect(project.notes.map(\.description).contains { $0.contains("the test unknown_one is not carried over") })
    }

    @Test func versionsAliasesAndPlaces() throws {
        let project = try imported([
            "dbt_project.yml": "name: shop", "models/orders_v1.sql": "select 1 as id", "models/orders_v2.sql": "select 2 as id, 3 as n",
            "models/reads.sql": "select n from {{ ref('orders') }} union all select id from {{ ref('orders', v=1) }}",
            "models/placed.sql": """
                {{ config(alias='put_here', schema='marts') }}
                select '{{ this.schema }}.{{ this.identifier }}' as own, '{{ target.database }}.{{ target.schema }}' as place,
                  '{{ config.get("alias") }}' as a
                """,
            "models/schema.yml": "models: [{name: orders, latest_version: 2, versions: [{v: 1}, {v: 2}]}]",
        ])
        let reads = try text("Reads.swift", of: project)
        #expect(reads.contains("select n from \\#(OrdersV2.self) union all select id from \\#(OrdersV1.self)"), "\(reads)")
        let placed = try text("Placed.swift", of: project)
        for line in ["select 'DEV_marts.put_here' as own, 'SHOP.DEV' as place", "'put_here' as a", "static let name = \"put_here\""] {
            #expect(placed.contains(line), "\(placed)")
        }
    }
}
