"""How long the compiler takes to check a project of many models: python3 Benchmarks/typecheck.py [--models 225]

Every model reads another one, joins a seed, groups and is tested, in a file of its own; the modules of a debug build are
used as they are (swift build first). Prints the best of three runs.
"""
import argparse, os, subprocess, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

HEAD = """import WarehouseModels
enum Raw: Source {
    struct Columns: Row { let id: Expr<Int64>; let key: Expr<String?>; let amount: Expr<Double?>; let day: Expr<Day?> }
    static let table = "RAW.RAW.RAW"
    static let naming = ColumnNaming.snakeCase
}
enum Lookup: Seed {
    struct Columns: Row { let key: Expr<String>; let name: Expr<String> }
    static let csv = "key,name\\n"
}
"""

MODEL = """import WarehouseModels
enum Model{n}: Model {{
    struct Columns: Row {{
        let id: Expr<Int64>; let key: Expr<String?>; let amount: Expr<Double?>; let day: Expr<Day?>
        let name: Expr<String>; let total: Expr<Double?>; let lines: Expr<Int64>; let kind: Expr<String>
    }}
    static let about = "Model {n}."
    static var materialized: Materialization<Columns> {{ .incremental(.merge(by: \\.id, \\.day)) }}
    static var columns: [Column<Columns>] {{ [
        .column(\\.id, "The key.", .notNull, .unique),
        .column(\\.amount, "What was paid.", .accepted(atLeast: 0, atMost: 1000)),
        .column(\\.kind, "Small or large.", .accepted(["small", "large"])),
    ] }}
    static func query(_ q: inout Query) -> Columns {{
        let a = q.from({source}.self)
        let b = q.leftJoin(Lookup.self) {{ $0.key == a.key }}
        let name = b.name.or("none")
        q.filter(a.amount > 0 && a.day.isNotNull)
        q.whenIncremental(Self.self) {{ this in a.day > max(this.day) }}
        q.group(by: a.id, a.key, a.amount, a.day, name)
        q.having(count() > 1)
        return Columns(
            id: a.id, key: a.key.lowercased, amount: a.amount * 2.0, day: a.day, name: name, total: sum(a.amount),
            lines: count(), kind: when(a.amount > 100, "large", else: "small"))
    }}
}}
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", type=int, default=225)
    parser.add_argument("--modules", default=os.path.join(ROOT, ".build/debug/Modules"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "Raw.swift"), "w") as file:
            file.write(HEAD)
        for n in range(options.models):
            with open(os.path.join(folder, f"Model{n}.swift"), "w") as file:
                file.write(MODEL.format(n=n, source=f"Model{n - 1}" if n % 10 else "Raw"))
        # As SwiftPM compiles a module for debugging: the files in as many batches as there are cores.
        mode = ["-enable-batch-mode", "-j", str(os.cpu_count())]
        command = ["swiftc", "-typecheck", *mode, "-swift-version", "6", "-parse-as-library", "-I", options.modules]
        for name in ("CZlib", "CLZ4", "CCrypt"):
            command += ["-I", os.path.join(ROOT, "Sources", name)]
        command += sorted(os.path.join(folder, name) for name in os.listdir(folder))
        best = None
        for _ in range(3):
            start = time.monotonic()
            subprocess.run(command, check=True)
            took = time.monotonic() - start
            best = took if best is None else min(best, took)
        print(f"{options.models} models type-check in {best:.1f} s")


main()
