"""The rpc/encoded service as data: its types and operations. The WSDL and every answer are made from this table.

A type is a list of (element, type) pairs; `T[]` is an encoded array of T; lower-case names are those of XML Schema.
Names and meanings are those that MantisBT clients know; the text is our own.
"""

from __future__ import annotations

from typing import NamedTuple

NAMESPACE = "http://futureware.biz/mantisconnect"
SIMPLE = frozenset({"string", "integer", "boolean", "dateTime", "base64Binary"})

Fields = tuple[tuple[str, str], ...]


def _fields(text: str) -> Fields:
    return tuple((name, kind) for name, _, kind in (part.partition(":") for part in text.split()))


TYPES: dict[str, Fields] = {
    "ObjectRef": _fields("id:integer name:string"),
    "AccountData": _fields("id:integer name:string real_name:string email:string"),
    "UserData": _fields("account_data:AccountData access_level:integer timezone:string"),
    "ProjectData": _fields(
        "id:integer name:string status:ObjectRef enabled:boolean view_state:ObjectRef access_min:ObjectRef"
        " file_path:string description:string subprojects:ProjectData[] inherit_global:boolean"
    ),
    "CustomFieldDefinitionData": _fields(
        "field:ObjectRef type:integer possible_values:string default_value:string valid_regexp:string"
        " access_level_r:integer access_level_rw:integer length_min:integer length_max:integer display_report:boolean"
        " display_update:boolean display_resolved:boolean display_closed:boolean require_report:boolean"
        " require_update:boolean require_resolved:boolean require_closed:boolean"
    ),
    "CustomFieldValueForIssueData": _fields("field:ObjectRef value:string"),
    "AttachmentData": _fields(
        "id:integer filename:string size:integer content_type:string date_submitted:dateTime download_url:string"
        " user_id:integer"
    ),
    "IssueNoteData": _fields(
        "id:integer reporter:AccountData text:string view_state:ObjectRef date_submitted:dateTime"
        " last_modified:dateTime time_tracking:integer note_type:integer note_attr:string"
    ),
    "IssueData": _fields(
        "id:integer view_state:ObjectRef last_updated:dateTime project:ObjectRef category:string priority:ObjectRef"
        " severity:ObjectRef status:ObjectRef reporter:AccountData summary:string reproducibility:ObjectRef"
        " date_submitted:dateTime sponsorship_total:integer handler:AccountData resolution:ObjectRef"
        " description:string steps_to_reproduce:string additional_information:string attachments:AttachmentData[]"
        " notes:IssueNoteData[] custom_fields:CustomFieldValueForIssueData[] monitors:AccountData[] sticky:boolean"
        " tags:ObjectRef[]"
    ),
    "IssueHeaderData": _fields(
        "id:integer view_state:integer last_updated:dateTime project:integer category:string priority:integer"
        " severity:integer status:integer reporter:integer summary:string handler:integer resolution:integer"
        " attachments_count:integer notes_count:integer"
    ),
    "HistoryData": _fields(
        "date:integer userid:integer username:string field:string type:integer old_value:string new_value:string"
    ),
    "FilterCustomField": _fields("field:ObjectRef value:string[]"),
    "FilterSearchData": _fields(
        "project_id:integer[] search:string category:string[] status_id:integer[] reporter_id:integer[]"
        " hide_status_id:integer[] sort:string sort_direction:string start_day:integer start_month:integer"
        " start_year:integer end_day:integer end_month:integer end_year:integer last_update_start_day:integer"
        " last_update_start_month:integer last_update_start_year:integer last_update_end_day:integer"
        " last_update_end_month:integer last_update_end_year:integer custom_fields:FilterCustomField[]"
    ),
}
# Types whose elements must all be there; in the others each may be missing.
COMPLETE = frozenset({"IssueHeaderData", "FilterCustomField", "HistoryData", "UserData"})


class Operation(NamedTuple):
    """One operation: arguments in order, type of the answer, whether it changes something."""

    arguments: Fields
    returns: str
    writes: bool = False


def _operation(arguments: str, returns: str, *, writes: bool = False) -> Operation:
    return Operation(_fields(f"username:string password:string {arguments}"), returns, writes)


_PAGE = "page_number:integer per_page:integer"
OPERATIONS: dict[str, Operation] = {
    "mc_version": Operation((), "string"),
    "mc_login": _operation("", "UserData"),
    "mc_enum_status": _operation("", "ObjectRef[]"),
    "mc_projects_get_user_accessible": _operation("", "ProjectData[]"),
    "mc_project_get_categories": _operation("project_id:integer", "string[]"),
    "mc_project_get_custom_fields": _operation("project_id:integer", "CustomFieldDefinitionData[]"),
    "mc_project_get_issue_headers": _operation(f"project_id:integer {_PAGE}", "IssueHeaderData[]"),
    "mc_issue_exists": _operation("issue_id:integer", "boolean"),
    "mc_issue_get": _operation("issue_id:integer", "IssueData"),
    "mc_issue_get_history": _operation("issue_id:integer", "HistoryData[]"),
    "mc_issue_add": _operation("issue:IssueData", "integer", writes=True),
    "mc_issue_update": _operation("issueId:integer issue:IssueData", "boolean", writes=True),
    "mc_issue_note_add": _operation("issue_id:integer note:IssueNoteData", "integer", writes=True),
    "mc_issue_attachment_add": _operation(
        "issue_id:integer name:string file_type:string content:base64Binary", "integer", writes=True
    ),
    "mc_filter_search_issues": _operation(f"filter:FilterSearchData {_PAGE}", "IssueData[]"),
    "mc_filter_search_issue_headers": _operation(f"filter:FilterSearchData {_PAGE}", "IssueHeaderData[]"),
    "mc_filter_search_issue_ids": _operation(f"filter:FilterSearchData {_PAGE}", "integer[]"),
}
