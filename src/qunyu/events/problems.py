"""Problem: a line of an export that could not be read, with the reason and the remedy."""

from __future__ import annotations

from dataclasses import dataclass, field

from qunyu.kernel.words import Words

PROBLEMS: dict[str, Words] = {
    "erased_people": Words(
        "有 {n} 条记录属于已删除个人信息的人，没有导入；如本人重新加入，请个人信息保护负责人解除",
        "{n} records of erased people were left out; if one of them came back, the data-protection officer can allow it",
    ),
    "bad_time": Words(
        "时间“{value}”无法识别；请改成 2026-03-01 09:30:00 这样的写法",
        "the time “{value}” is not one we can read; write it like 2026-03-01 09:30:00",
    ),
    "impossible_time": Words(
        "时间“{value}”不存在（例如 2 月 30 日或 25 点）；请核对该行",
        "the time “{value}” does not exist (such as 30 February or 25 o'clock); check the line",
    ),
    "future_time": Words(
        "时间“{value}”在未来；请检查“未注明时区的时间按此时区”一项（命令行用 --source-timezone）或导出设备的时钟",
        "the time “{value}” lies in the future; check the time zone of times without one (--source-timezone) or the clock of the exporting device",
    ),
    "bad_number": Words(
        "字段“{field}”的值“{value}”不是数字；请只写数字，例如 12.50",
        "the value “{value}” of field “{field}” is no number; write digits only, such as 12.50",
    ),
    "missing_field": Words(
        "缺少字段“{field}”；请补上，或在导入预览里指定对应的列（命令行用 --map {field}=列名）",
        "the field “{field}” is missing; fill it in, or choose its column in the preview (on the command line --map {field}=COLUMN)",
    ),
    "not_a_record": Words(
        "这一行不符合格式“{format}”，已跳过；请对照导入格式文档检查",
        "this line does not fit the format “{format}” and was left out; compare it with the import formats page",
    ),
    "truncated": Words(
        "文件在此处中断（{reason}）；请重新导出完整的文件",
        "the file breaks off here ({reason}); export it again completely",
    ),
    "line_too_long": Words(
        "这一行超过 {limit} 个字节，已跳过；聊天记录不会有这么长的行，请检查文件是否损坏",
        "this line is longer than {limit} bytes and was left out; no chat line is that long, check whether the file is damaged",
    ),
    "bad_encoding": Words(
        "这一行不是 {encoding} 编码，已跳过；请把整个文件另存为 UTF-8",
        "this line is not {encoding} and was left out; save the whole file as UTF-8",
    ),
    "ambiguous_dates": Words(
        "无法判断日期是“日/月”还是“月/日”，已按“{chosen}”读取；如不对，请在导入预览里选择日期顺序（命令行用 --map date_order=dmy，或 mdy、ymd）",
        "the dates could be day/month or month/day and were read as {chosen}; if that is wrong, "
        "choose the order in the preview (on the command line --map date_order=dmy, mdy or ymd)",
    ),
    "unknown_format": Words(
        "无法识别这个文件的格式，已跳过；支持的格式见导入格式文档，自有表格可在导入预览里指定各列（命令行用 --map）",
        "the format of this file is not one we know and it was left out; the import formats page lists them, "
        "and the columns of your own tables can be named in the preview (on the command line with --map)",
    ),
    "empty_file": Words("文件是空的；请重新导出", "the file is empty; export it again"),
    "unsafe_path": Words(
        "压缩包中的路径“{value}”指向压缩包之外，已跳过；请重新打包",
        "the path “{value}” in the archive points outside of it and was left out; pack it again",
    ),
    "archive_bomb": Words(
        "压缩包解开后过大（{reason}），已停止；请拆成较小的文件导入",
        "the archive unpacks to too much ({reason}) and was stopped; import it in smaller parts",
    ),
    "bad_archive": Words(
        "压缩包已损坏（{reason}）；请重新下载或打包",
        "the archive is damaged ({reason}); download or pack it again",
    ),
    "ambiguous_layout": Words(
        "文件有多种可能的读法（{reason}），已按“{chosen}”读取；如不对，请撤销这次导入，让导出的程序写明上午下午或用 24 小时制，再重新导入",
        "the file can be read in more than one way ({reason}) and was read as {chosen}; if that is wrong, undo this import, "
        "have the exporting program write a.m. and p.m. or 24 hours, and import again",
    ),
    "ambiguous_totals": Words(
        "列“{column}”在同一订单的各行上都相同，已当作整单的金额，每个订单只计一次；如果那是每行各自的金额，请撤销这次导入，"
        "把这一列改名为“商品实付金额”后重新导入（命令行用 --map amount_per=line；--map amount_per=order 则确认现在的读法）",
        "the column “{column}” is the same on all rows of an order, so it was taken for the order's total and counted once an order; "
        "if each row has an amount of its own, undo this import, call the column “line total” and import again "
        "(on the command line --map amount_per=line; --map amount_per=order confirms what was done)",
    ),
    "negative_amount": Words(
        "金额“{value}”为负，已按退款计入；如果不是退款，请改成正数，或把状态写成 已取消，再重新导入",
        "the amount “{value}” is negative and was counted as a refund; if it is none, make it positive or write cancelled as its status, and import again",
    ),
    "no_customers": Words(
        "没有一笔订单认得出客户：订单已计入，但不属于任何人；请补上 客户ID、买家昵称、手机号 或 UnionID 中的一列，"
        "撤销这次导入后重新导入（命令行也可用 --map customer=列名，或 phone、union_id）",
        "no order tells its customer: the orders were kept and belong to nobody; add one of the columns customer_id, buyer, phone or unionid, "
        "undo this import and import again (on the command line also with --map customer=COLUMN, or phone, union_id)",
    ),
    "no_rows": Words(
        "文件只有表头，没有一行数据；请重新导出，并确认导出时选对了时间范围",
        "the file has a header and no rows; export it again, and check the range of time that was chosen for it",
    ),
    "nested_archive": Words(
        "这是压缩包里的压缩包（或 rar、7z 这类不能直接读取的压缩包），已跳过；请先解压，再导入其中的文件",
        "this is an archive within an archive (or one like rar or 7z, which we cannot open) and was left out; unpack it and import what is in it",
    ),
    "unknown_community": Words(
        "没有名为“{value}”的社群，相关的行已跳过；请先导入该社群的聊天记录，或改成已有社群的名称",
        "there is no community called “{value}”, its lines were left out; import its chat first, or use the name of one there is",
    ),
    "community_elsewhere": Words(
        "社群“{value}”属于别的组织单位，这里不能导入，相关的行已跳过；请由管理那个单位的人导入；如果是另一个同名的群，请先给它改名",
        "the community “{value}” belongs to a unit out of reach here, its lines were left out; let somebody of that unit import it, "
        "or rename the group if it is another one of that name",
    ),
    "order_conflict": Words(
        "订单号“{value}”在文件中对应不同的客户，已计入第一个客户；请检查这些文件是否来自不同的店铺",
        "the order number “{value}” stands for different customers and was counted for the first; check whether the files are of different shops",
    ),
    "messages_differ": Words(
        "“{value}”中有 {n} 条消息（编号相同）的内容或发言人与之前的导入不同；保留之前的，要换成这次的，请先撤销之前的导入",
        "{n} messages of “{value}” have other texts or authors than those of the same ids imported before, which were kept; undo the earlier import to have these",
    ),
    "files_disagree": Words(
        "“{value}”在 {first} 至 {last} 有两个文件重叠但不一致：{only_one} 条只在“{one}”、{only_other} 条只在“{other}”里；"
        "两边都已保留，如是同一份记录请只导入其中一个",
        "“{value}” is told by two files from {first} to {last} that disagree: {only_one} entries only in “{one}”, {only_other} only in “{other}”; "
        "both were kept, import only one of them if they are of the same talk",
    ),
    "exports_disagree": Words(
        "“{value}”在 {first} 至 {last} 与之前的导入重叠但不一致：{only_new} 条只在本次、{only_old} 条只在之前的导入里；"
        "两边都已保留，如重复计数请撤销其中一次导入",
        "“{value}” overlaps earlier imports from {first} to {last} and disagrees: {only_new} entries only here, {only_old} only there; "
        "both were kept, undo one of the imports if they count the same talk twice",
    ),
    "duplicate_id": Words(
        "编号“{value}”在文件中重复出现，内容不同；只保留第一条；如果两条都要，请给它们不同的编号，撤销这次导入后重新导入",
        "the id “{value}” stands more than once in the file with different content and the first was kept; "
        "to have both, give them different ids, undo this import and import again",
    ),
    "missing_columns": Words(
        "缺少列：{field}；文件中现有的列：{found}。请在导入预览里指定对应的列（命令行例如 --map time=发送时间）",
        "these columns are missing: {field}; the file has: {found}. "
        "Name them in the preview (on the command line such as --map time=sent_at)",
    ),
    "open_quote": Words(
        "这一行的引号没有闭合，已跳过这一行；请补上缺少的引号（字段内的引号要写成两个）",
        "a quote in this line is never closed and the line was left out; "
        "close it (a quote inside a field is written twice)",
    ),
    "unknown_status": Words(
        "不认识订单状态“{value}”，这些行按已付款计入；如不是，请在文件中改成 已付款、未付款、已取消 或 已退款",
        "the order status “{value}” is not one we know, its rows were counted as paid; if they are not, write paid, unpaid, cancelled or refunded",
    ),
    "unknown_currency": Words(
        "不认识币种“{value}”，已跳过这一行；请写 CNY、USD 这样的代码",
        "the currency “{value}” is not one we know and the row was left out; write a code like CNY or USD",
    ),
    "unknown_role": Words(
        "不认识角色“{value}”，这些人按普通成员计入；可改成 员工、气氛组、机器人 或 成员",
        "the role “{value}” is not one we know, its people were counted as members; write staff, atmosphere, bot or member",
    ),
    "unknown_column": Words(
        "文件中没有指定的列“{value}”；现有的列是：{columns}",
        "the file has no column “{value}” as was said; its columns are: {columns}",
    ),
    "damaged_id": Words(
        "编号“{value}”已被 Excel 四舍五入，无法区分不同的编号，按没有编号计入；请用平台导出的原文件，不要用 Excel 另存",
        "the id “{value}” was rounded by a spreadsheet and tells nobody apart, the row was counted without it; use the file as the platform exported it",
    ),
    "old_excel": Words(
        "这是旧版 Excel（.xls）或带密码的文件，无法读取；请另存为不加密的 .xlsx 或 CSV",
        "this is an old (.xls) or password-protected Excel file, which we cannot read; save it as .xlsx without a password, or as CSV",
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at `file`:`line` (1-based, 0 for the file as a whole); `code` is a key of PROBLEMS.

    In a JSON document the line is the message's number.
    """

    code: str
    file: str
    line: int = 0
    data: dict[str, str] = field(default_factory=dict)

    @property
    def message(self) -> Words:
        """The reason and the remedy in words.

        Raises KeyError when `code` is not in PROBLEMS.
        """
        return PROBLEMS[self.code].fill(**self.data)
