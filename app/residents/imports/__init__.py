"""The registry from a workbook or a text file: sheets → columns → cells → rows → registry → check → apply."""
